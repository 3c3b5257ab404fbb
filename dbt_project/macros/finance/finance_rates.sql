{# CTEs: what rates bring on each path. `rates` has the books' lines of actual years, and else rates as they are and each adjustment; `totals` has a
   row for each utility, scenario, fund, path and fiscal year, with what follows from rate revenue; `scenario_paths` the paths.

   drivers, revenue, paths: relations shaped as the macros of these names make them. #}
{% macro finance_rates(drivers, revenue, paths) %}

chart as (

    select * from {{ ref('int_finance__chart_of_lines') }}

),

scenario_paths as (

    select distinct
        utility_id,
        scenario,
        fund,
        path
    from {{ paths }}

),

pledges as (

    select
        utility_id,
        fund,
        max(case when is_pledged then 1 else 0 end) = 1 as is_pledged
    from {{ ref('int_finance__given_lines') }}
    where category = 'rate_revenue'
    group by utility_id, fund

),

from_rates as (

    select
        scenario_paths.utility_id,
        scenario_paths.scenario,
        scenario_paths.fund,
        scenario_paths.path,
        given_lines.fiscal_year,
        given_lines.line,
        given_lines.title,
        given_lines.amount_usd,
        'actual' as origin,
        given_lines.sort
    from scenario_paths
    inner join {{ ref('int_finance__given_lines') }} as given_lines
        on scenario_paths.utility_id = given_lines.utility_id and scenario_paths.fund = given_lines.fund
    where given_lines.category = 'rate_revenue' and given_lines.year_kind = 'actual'
    union all
    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        line,
        case
            when adjusted_year is null then 'Rates as they are'
            else 'Adjustment of ' || cast(cast(adjustment_percent as double) as varchar) || ' % in fiscal year ' || adjusted_year
        end,
        amount_usd,
        origin,
        coalesce(adjusted_year - 2000, 0)
    from {{ revenue }}

),

rates as (

    select
        *,
        cast(sum(amount_usd) over (partition by utility_id, scenario, fund, path, fiscal_year) as decimal(18, 2)) as rate_revenue_usd,
        count(*) over (partition by utility_id, scenario, fund, path, fiscal_year) as line_count
    from from_rates

),

totals as (

    select distinct
        rates.utility_id,
        rates.scenario,
        rates.fund,
        rates.path,
        rates.fiscal_year,
        rates.rate_revenue_usd,
        drivers.uncollectible_share,
        drivers.pilot_share,
        drivers.pilot_line,
        drivers.pilot_category,
        drivers.year_kind,
        coalesce(pledges.is_pledged, true) as is_pledged,
        pilot.title as pilot_title,
        pilot.category as pilot_chart_category,
        pilot.sort as pilot_sort
    from rates
    inner join {{ drivers }} as drivers
        on
            rates.utility_id = drivers.utility_id
            and rates.scenario = drivers.scenario
            and rates.fund = drivers.fund
            and rates.fiscal_year = drivers.fiscal_year
    left join pledges
        on rates.utility_id = pledges.utility_id and rates.fund = pledges.fund
    left join chart as pilot
        on rates.utility_id = pilot.utility_id and drivers.pilot_line = pilot.line

)

{% endmacro %}
