{# Payments of debt by issue and fiscal year, to the last: the schedule, and for what the capital plan borrows in years to come one issue a year with
   level payments from the next fiscal year on. #}
{% macro finance_debt(drivers, capital) %}

with schedule as (

    select * from {{ ref('int_finance__debt_years') }}

),

to_come as (

    select
        drivers.utility_id,
        drivers.scenario,
        drivers.fund,
        drivers.fiscal_year as issued_year,
        drivers.new_debt_lien as lien,
        sum(capital.amount_usd) as principal_usd,
        cast(max(drivers.debt_interest_percent) / 100 as double) as interest,
        cast(max(drivers.debt_term_years) as integer) as term_years
    from {{ capital }} as capital
    inner join {{ drivers }} as drivers
        on
            capital.utility_id = drivers.utility_id
            and capital.scenario = drivers.scenario
            and capital.fund = drivers.fund
            and capital.fiscal_year = drivers.fiscal_year
    where capital.category = 'debt_funded_capital' and drivers.year_kind != 'actual'
    group by drivers.utility_id, drivers.scenario, drivers.fund, drivers.fiscal_year, drivers.new_debt_lien

),

payments as (

    select
        *,
        {{ explode_range('issued_year + 1', 'issued_year + term_years') }} as fiscal_year
    from to_come
    where term_years > 0

)

select
    scenarios.utility_id,
    scenarios.scenario,
    scenarios.fund,
    schedule.fiscal_year,
    'debt:' || schedule.lien || ':' || schedule.issue_id as line,
    schedule.issue_id || ', ' || schedule.lien as title,
    schedule.lien,
    schedule.amount_usd,
    'schedule' as origin
from (select utility_id, scenario, fund, min(fiscal_year) as first_year from {{ drivers }} group by utility_id, scenario, fund) as scenarios
inner join schedule
    on scenarios.utility_id = schedule.utility_id and scenarios.fund = schedule.fund and scenarios.first_year <= schedule.fiscal_year
union all
select
    utility_id,
    scenario,
    fund,
    cast(fiscal_year as integer) as fiscal_year,
    'debt:' || lien || ':new_' || issued_year as line,
    'Debt to come, borrowed in ' || issued_year as title,
    lien,
    {{ float_money('case when interest = 0 then principal_usd / cast(term_years as double) else principal_usd * interest / (1 - power(1 + interest, -term_years)) end') }} as amount_usd,
    'plan' as origin
from payments

{% endmacro %}
