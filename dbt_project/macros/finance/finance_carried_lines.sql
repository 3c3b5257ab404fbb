{# Lines of projected years that the city does not give: the last year given times what prices have risen since, to the cent once. #}
{% macro finance_carried_lines(assumptions, drivers) %}

with given_years as (

    select * from {{ ref('int_finance__given_lines') }}

),

funds as (

    select
        fund_years.utility_id,
        fund_years.fund,
        coalesce(max(fund_years.base_year), min(fund_years.fiscal_year)) as base_year,
        count(debt_years.fiscal_year) > 0 as has_schedule,
        count(plan_years.fiscal_year) > 0 as has_plan
    from {{ ref('int_finance__fund_years') }} as fund_years
    left join (select utility_id, fund, max(fiscal_year) as fiscal_year from {{ ref('int_finance__debt_years') }} group by utility_id, fund) as debt_years
        on fund_years.utility_id = debt_years.utility_id and fund_years.fund = debt_years.fund
    left join (select utility_id, fund, max(fiscal_year) as fiscal_year from {{ ref('int_finance__capital_plan') }} group by utility_id, fund) as plan_years
        on fund_years.utility_id = plan_years.utility_id and fund_years.fund = plan_years.fund
    group by fund_years.utility_id, fund_years.fund

),

carried as (

    select distinct
        given_years.utility_id,
        given_years.fund,
        given_years.line,
        given_years.title,
        given_years.category,
        given_years.is_pledged,
        given_years.sort,
        funds.base_year
    from given_years
    inner join funds
        on given_years.utility_id = funds.utility_id and given_years.fund = funds.fund
    where
        given_years.fiscal_year >= funds.base_year
        and (
            given_years.category in ('other_operating_revenue', 'non_operating_revenue', 'operating_expense', 'depreciation', 'transfer')
            or (given_years.category = 'debt_service' and not funds.has_schedule)
            or (given_years.category = 'rate_funded_capital' and not funds.has_plan)
        )

),

-- A line's own inflation, else its category's, else for expenses the general one; capital has its own.
inflations as (

    select
        utility_id,
        scenario,
        fund,
        fiscal_year,
        substring(assumption_name, 19) as inflated,
        assumption_value
    from {{ assumptions }}
    where assumption_name like 'inflation!_percent.%' escape '!'

),

line_years as (

    select
        drivers.scenario,
        drivers.fiscal_year,
        drivers.year_kind,
        -- What books and budgets pay in lieu of taxes goes on once a percent ends.
        carried.line = drivers.pilot_line and drivers.pilot_percent > 0 as is_solved,
        carried.*,
        given_years.amount_usd as given_usd,
        count(given_years.amount_usd)
            over (partition by carried.utility_id, drivers.scenario, carried.fund, carried.line order by drivers.fiscal_year) as stretch,
        coalesce(own.assumption_value, category.assumption_value, general.assumption_value, 0) as inflation_percent
    from carried
    inner join {{ drivers }} as drivers
        on
            carried.utility_id = drivers.utility_id
            and carried.fund = drivers.fund
            and carried.base_year <= drivers.fiscal_year
            and (carried.line != drivers.interest_line)
    left join given_years
        on
            carried.utility_id = given_years.utility_id
            and carried.fund = given_years.fund
            and carried.line = given_years.line
            and drivers.fiscal_year = given_years.fiscal_year
    {% for joined, inflated in [('own', 'carried.line'), ('category', 'carried.category'), ('general', "case
            when carried.category in ('operating_expense', 'depreciation') then 'other'
            when carried.category = 'rate_funded_capital' then 'capital'
        end")] -%}
        left join inflations as {{ joined }}
            on
                drivers.utility_id = {{ joined }}.utility_id
                and drivers.scenario = {{ joined }}.scenario
                and drivers.fund = {{ joined }}.fund
                and drivers.fiscal_year = {{ joined }}.fiscal_year
                and {{ inflated }} = {{ joined }}.inflated
    {% endfor %}

),

grown as (

    select
        *,
        max(given_usd) over stretches as last_given_usd,
        {{ compounded('case when given_usd is not null then 1.0 else 1.0 + inflation_percent / 100.0 end', 'in_order') }} as growth
    from line_years
    window
        stretches as (partition by utility_id, scenario, fund, line, stretch),
        in_order as (partition by utility_id, scenario, fund, line, stretch order by fiscal_year)

)

select
    utility_id,
    scenario,
    fund,
    fiscal_year,
    line,
    title,
    category,
    is_pledged,
    {{ float_money('last_given_usd * growth') }} as amount_usd,
    sort
from grown
where given_usd is null and last_given_usd is not null and year_kind = 'projection' and not is_solved

{% endmacro %}
