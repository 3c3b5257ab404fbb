with parts as (

    select * from {{ ref('int_billing__bill_parts') }}

),

units as (

    select distinct
        utility_id,
        service,
        effective_from_on,
        tariff_class,
        meter_size,
        season_day,
        months,
        base_months,
        usage_quantity,
        average_quantity,
        demand_quantity,
        assistance_rate_usd
    from parts

),

final as (

    select
        cast(row_number() over (order by utility_id, service, effective_from_on, tariff_class, meter_size, season_day, months, base_months, usage_quantity, average_quantity, demand_quantity, assistance_rate_usd) as bigint) as unit_id,
        units.*
    from units

)

select * from final
