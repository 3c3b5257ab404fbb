{# Capital of a scenario by project and funding: the plan, later and smaller where the scenario says so; after the plan's last year what it had
   from rates, at the prices of the year. #}
{% macro finance_capital(assumptions, drivers) %}

with plan as (

    select
        utility_id,
        fund,
        fiscal_year,
        project_id,
        title,
        funding,
        {{ sum_money('amount_usd') }} as amount_usd
    from {{ ref('int_finance__capital_plan') }}
    group by utility_id, fund, fiscal_year, project_id, title, funding

),

last_years as (

    select
        utility_id,
        fund,
        fiscal_year as last_plan_year,
        {{ sum_money("case when funding = 'rates' then amount_usd end") }} as from_rates_usd
    from plan
    where (utility_id, fund, fiscal_year) in (select (utility_id, fund, max(fiscal_year)) from plan group by utility_id, fund)
    group by utility_id, fund, fiscal_year

),

prices as (

    select
        drivers.utility_id,
        drivers.scenario,
        drivers.fund,
        drivers.fiscal_year,
        last_years.from_rates_usd,
        {{ compounded('1.0 + coalesce(inflation.assumption_value, 0) / 100.0', 'in_order') }} as growth
    from {{ drivers }} as drivers
    inner join last_years
        on drivers.utility_id = last_years.utility_id and drivers.fund = last_years.fund and drivers.fiscal_year > last_years.last_plan_year
    left join {{ assumptions }} as inflation
        on
            drivers.utility_id = inflation.utility_id
            and drivers.scenario = inflation.scenario
            and drivers.fund = inflation.fund
            and drivers.fiscal_year = inflation.fiscal_year
            and inflation.assumption_name = 'inflation_percent.capital'
    where drivers.year_kind != 'actual'
    window in_order as (partition by drivers.utility_id, drivers.scenario, drivers.fund order by drivers.fiscal_year)

),

planned as (

    select
        drivers.utility_id,
        drivers.scenario,
        drivers.fund,
        drivers.fiscal_year,
        drivers.year_kind,
        plan.project_id,
        plan.title,
        plan.funding,
        plan.amount_usd
    from plan
    inner join {{ drivers }} as drivers
        on plan.utility_id = drivers.utility_id and plan.fund = drivers.fund and plan.fiscal_year = drivers.fiscal_year
    union all
    select
        drivers.utility_id,
        drivers.scenario,
        drivers.fund,
        drivers.fiscal_year,
        drivers.year_kind,
        'after_plan',
        'Capital after the plan, as in its last year',
        'rates',
        prices.from_rates_usd * prices.growth
    from prices
    inner join {{ drivers }} as drivers
        on
            prices.utility_id = drivers.utility_id
            and prices.scenario = drivers.scenario
            and prices.fund = drivers.fund
            and prices.fiscal_year = drivers.fiscal_year

),

moved as (

    select
        planned.utility_id,
        planned.scenario,
        planned.fund,
        planned.fiscal_year + case when planned.year_kind = 'projection' then cast(own.capital_delay_years as integer) else 0 end as fiscal_year,
        planned.project_id,
        planned.title,
        planned.funding,
        planned.amount_usd * case when planned.year_kind = 'projection' then own.capital_share_percent / 100.0 else 1.0 end as amount_usd
    from planned
    inner join {{ drivers }} as own
        on
            planned.utility_id = own.utility_id
            and planned.scenario = own.scenario
            and planned.fund = own.fund
            and planned.fiscal_year = own.fiscal_year

),

-- What the city gives as paid from rates in a year wins over the plan.
given as (

    select distinct
        utility_id,
        fund,
        fiscal_year
    from {{ ref('int_finance__given_lines') }}
    where category = 'rate_funded_capital'

)

select
    moved.utility_id,
    moved.scenario,
    moved.fund,
    moved.fiscal_year,
    'project:' || moved.project_id as line,
    moved.title,
    case moved.funding when 'rates' then 'rate_funded_capital' else moved.funding || '_funded_capital' end as category,
    {{ float_money('sum(moved.amount_usd)') }} as amount_usd,
    'plan' as origin
from moved
inner join {{ drivers }} as drivers
    on
        moved.utility_id = drivers.utility_id
        and moved.scenario = drivers.scenario
        and moved.fund = drivers.fund
        and moved.fiscal_year = drivers.fiscal_year
left join given
    on moved.utility_id = given.utility_id and moved.fund = given.fund and moved.fiscal_year = given.fiscal_year
where moved.funding != 'rates' or (given.fiscal_year is null and drivers.year_kind != 'actual')
group by moved.utility_id, moved.scenario, moved.fund, moved.fiscal_year, moved.project_id, moved.title, moved.funding

{% endmacro %}
