-- Revenue of the test year, four times: recomputed by bill date and by days of service, then at the rates in force, then of a normal year.
with years as (

    select * from {{ ref('int_finance__test_years') }}

),

units as (

    select * from {{ ref('int_finance__year_units') }}

),

totals as (

    select * from {{ ref('int_billing__determinant_totals') }}

),

prices as (

    select * from {{ ref('int_finance__existing_prices') }}

),

-- Whole products are added up first: what is divided by the same days and months is divided once.
summed as (

    select
        units.utility_id,
        units.service,
        units.customer_class,
        units.has_service_days,
        units.part_days,
        prices.base_months,
        sum(totals.revenue_usd * units.dated_count) as dated_amount,
        sum(totals.revenue_usd * units.doubled_count) as doubled_amount,
        sum(totals.revenue_usd * units.year_days) as recomputed_days,
        sum(prices.revenue_usd * units.year_days) as priced_days,
        sum(prices.fixed_usd * units.year_days) as fixed_days,
        sum(prices.volumetric_usd * units.year_days) as volumetric_days
    from units
    inner join totals
        on units.unit_id = totals.unit_id
    inner join prices
        on units.unit_id = prices.unit_id and units.season_day = prices.season_day
    group by
        units.utility_id, units.service, units.customer_class, units.has_service_days, units.part_days, prices.base_months

),

-- A base is one of twelve a year, whichever days bills had; without days of service it stays as it was billed.
divided as (

    select
        summed.utility_id,
        summed.service,
        summed.customer_class,
        summed.dated_amount,
        summed.doubled_amount,
        {{ fine_share('summed.recomputed_days', '1', 'summed.part_days') }} as earned_amount,
        {{ fine_share('summed.priced_days', '1', 'summed.part_days') }} as priced_amount,
        case
            when summed.has_service_days and summed.base_months > 0
                then {{ fine_share(
                    'summed.fixed_days', '1000000 * years.base_months_a_year',
                    'cast(summed.base_months * 1000000 as bigint) * years.year_days'
                ) }}
            else {{ fine_share('summed.fixed_days', '365', 'summed.part_days * years.year_days') }}
        end as normal_fixed_amount,
        {{ fine_share('summed.volumetric_days', '365', 'summed.part_days * years.year_days') }} as normal_volumetric_amount
    from summed
    inner join years
        on summed.utility_id = years.utility_id

),

final as (

    select
        utility_id,
        service,
        customer_class,
        {% for level in ['dated', 'doubled', 'earned', 'priced', 'normal_fixed', 'normal_volumetric'] -%}
            {{ sum_money(level ~ '_amount') }} as {{ level }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from divided
    group by utility_id, service, customer_class

)

select * from final
