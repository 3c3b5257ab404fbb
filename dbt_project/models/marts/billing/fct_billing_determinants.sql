{{ config(materialized='view') }}

with determinants as (

    select * from {{ ref('int_billing__determinant_counts') }}

),

final as (

    select
        utility_id,
        fiscal_year,
        service,
        customer_class,
        basis,
        unit_id,
        effective_from_on,
        tariff_class,
        meter_size,
        season_day,
        months,
        base_months,
        usage_unit,
        usage_quantity,
        average_quantity,
        demand_quantity,
        assistance_rate_usd,
        bill_count,
        unit_count,
        recomputed_usd,
        recomputed_revenue_usd
    from determinants

)

select * from final
