with parts as (

    select * from {{ ref('int_billing__part_units') }}

),

contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}

),

services as (

    select * from {{ ref('int_billing__priced_services') }}

),

units as (

    select * from {{ ref('int_billing__determinants') }}

),

service_units as (

    select * from {{ ref('int_billing__service_units') }}

),

totals as (

    select * from {{ ref('int_billing__determinant_totals') }}

),

utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

counted as (

    select
        contexts.utility_id,
        contexts.bill_id,
        contexts.customer_class,
        contexts.fiscal_year,
        1 as sign
    from contexts
    where contexts.bill_kind != 'cancel'
    union all
    -- A cancelled bill leaves on the date of the bill that cancels it.
    select
        contexts.utility_id,
        contexts.bill_id,
        contexts.customer_class,
        {{ fiscal_year_of('contexts.cancelled_on', 'utilities.fiscal_year_start_month') }} as fiscal_year,
        -1 as sign
    from contexts
    inner join utilities
        on contexts.utility_id = utilities.utility_id
    where contexts.bill_kind != 'cancel' and contexts.cancelled_on is not null

),

summed as (

    select
        counted.utility_id,
        counted.fiscal_year,
        counted.customer_class,
        services.service,
        case
            when totals.is_by_average then 'winter_average'
            when services.is_estimated then 'estimated'
            else 'actual'
        end as basis,
        parts.unit_id,
        cast(sum(case when parts.is_first_part then counted.sign else 0 end) as integer) as bill_count,
        cast(sum(counted.sign) as integer) as unit_count
    from counted
    inner join parts
        on counted.utility_id = parts.utility_id and counted.bill_id = parts.bill_id
    inner join services
        on
            parts.utility_id = services.utility_id
            and parts.bill_id = services.bill_id
            and parts.service = services.service
    inner join totals
        on parts.unit_id = totals.unit_id
    group by
        counted.utility_id,
        counted.fiscal_year,
        counted.customer_class,
        services.service,
        basis,
        parts.unit_id

),

final as (

    select
        summed.utility_id,
        summed.fiscal_year,
        summed.service,
        summed.customer_class,
        summed.basis,
        units.unit_id,
        units.effective_from_on,
        units.tariff_class,
        units.meter_size,
        units.season_day,
        units.months,
        units.base_months,
        service_units.unit as usage_unit,
        units.usage_quantity,
        units.average_quantity,
        units.demand_quantity,
        units.assistance_rate_usd,
        summed.bill_count,
        summed.unit_count,
        totals.amount_usd as recomputed_usd,
        totals.revenue_usd as recomputed_revenue_usd
    from summed
    inner join units
        on summed.unit_id = units.unit_id
    inner join totals
        on summed.unit_id = totals.unit_id
    left join service_units
        on summed.utility_id = service_units.utility_id and summed.service = service_units.service
    where summed.unit_count != 0 or summed.bill_count != 0

)

select * from final
