with units as (

    select * from {{ ref('int_finance__home_units') }}

),

components as (

    select * from {{ ref('int_finance__list_prices') }}

),

lines as (

    {{ price_units('units', 'components') }}

),

final as (

    select
        units.utility_id,
        units.service,
        units.price_list,
        units.priced_class as tariff_class,
        units.meter_size,
        units.usage_quantity,
        -- assistance comes last and changes no other line
        {{ sum_money("case when lines.component_kind != 'assistance' then lines.amount_usd else 0 end * units.month_count") }} as annual_usd,
        {{ sum_money(
            "case when lines.is_revenue and lines.component_kind != 'assistance' then lines.amount_usd else 0 end * units.month_count"
        ) }} as annual_revenue_usd,
        {{ sum_money("case when lines.component = 'pilot' then lines.amount_usd else 0 end * units.month_count") }} as annual_pilot_usd,
        {{ sum_money("case when lines.component_kind = 'assistance' then -lines.amount_usd else 0 end * units.month_count") }} as annual_assistance_usd,
        max(case when lines.is_assumed then 1 else 0 end) = 1 as is_assumed
    from units
    inner join lines
        on units.unit_id = lines.unit_id
    group by units.utility_id, units.service, units.price_list, units.priced_class, units.meter_size, units.usage_quantity

)

select * from final
