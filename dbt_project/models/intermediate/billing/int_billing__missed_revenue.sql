with units as (

    select * from {{ ref('int_billing__missed_units') }}

),

components as (

    select * from {{ ref('stg_policy__tariffs') }}

),

priced as (

    {{ price_units('units', 'components') }}

),

unit_prices as (

    select
        unit_id,
        {{ sum_money('amount_usd') }} as revenue_usd
    from priced
    where is_revenue
    group by unit_id

),

final as (

    select
        units.utility_id,
        units.finding,
        units.subject_id,
        units.service,
        units.span_from_on as from_on,
        {{ sum_money('unit_prices.revenue_usd') }} as missed_usd,
        cast(sum(case when units.is_read then 1 else 0 end) as integer) as read_count,
        cast(sum(units.usage_quantity) as decimal(18, 6)) as usage_quantity,
        max(case when units.is_read then 0 else 1 end) = 1 as has_unread_days
    from units
    left join unit_prices
        on units.unit_id = unit_prices.unit_id
    group by units.utility_id, units.finding, units.subject_id, units.service, units.span_from_on

)

select * from final
