{# The two paths that every scenario has: rates as they are, and the adjustments that the scenario assumes. One row per utility, scenario, fund, path
   and fiscal year that is not actual. An adjustment that is in force on the as-of date is in the revenue at existing rates already, where that comes from
   bills at the tariff in force: it does not count again. #}
{% macro finance_paths(drivers) %}

select
    utility_id,
    scenario,
    fund,
    'existing_rates' as path,
    fiscal_year,
    cast(0 as decimal(18, 6)) as adjustment_percent,
    cast(rate_effective_month as integer) as effective_month
from {{ drivers }}
where year_kind != 'actual'
union all
select
    utility_id,
    scenario,
    drivers.fund,
    'adopted' as path,
    fiscal_year,
    cast(case
        when tested.fund is not null and {{ add_months('starts_on', 'cast(rate_effective_month as integer) - 1') }} <= as_of_on then 0
        else rate_adjustment_percent
    end as decimal(18, 6)) as adjustment_percent,
    cast(rate_effective_month as integer) as effective_month
from {{ drivers }} as drivers
left join (select utility_id as utility, fund from {{ ref('int_finance__existing_revenue') }}) as tested
    on drivers.utility_id = tested.utility and drivers.fund = tested.fund
where year_kind != 'actual'

{% endmacro %}
