{# The two paths that every scenario has: rates as they are, and the adjustments that the scenario assumes. One row per utility, scenario, fund, path
   and fiscal year that is not actual. #}
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
    fund,
    'adopted' as path,
    fiscal_year,
    rate_adjustment_percent as adjustment_percent,
    cast(rate_effective_month as integer) as effective_month
from {{ drivers }}
where year_kind != 'actual'

{% endmacro %}
