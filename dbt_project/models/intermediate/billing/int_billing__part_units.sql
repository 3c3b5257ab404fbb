with parts as (

    select * from {{ ref('int_billing__bill_parts') }}

),

units as (

    select * from {{ ref('int_billing__determinants') }}

),

final as (

    select
        parts.utility_id,
        parts.bill_id,
        parts.service,
        parts.days_before,
        parts.days_through,
        parts.is_first_part,
        units.unit_id
    from parts
    inner join units
        on
            parts.utility_id = units.utility_id
            and parts.service = units.service
            and parts.effective_from_on = units.effective_from_on
            and parts.tariff_class = units.tariff_class
            and parts.meter_size = units.meter_size
            and parts.season_day = units.season_day
            and parts.months = units.months
            and parts.base_months = units.base_months
            and parts.usage_quantity = units.usage_quantity
            and parts.average_quantity = units.average_quantity
            and parts.demand_quantity = units.demand_quantity
            and parts.assistance_rate_usd = units.assistance_rate_usd

)

select * from final
