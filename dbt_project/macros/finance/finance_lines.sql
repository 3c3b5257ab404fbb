{# Every line of a fund and year on every path: one row per utility, scenario, fund, path, fiscal year and line, all amounts positive as the ledger
   gives them. Each is `fixed_usd` + `rate_share` x rate revenue of the year, so that a test can be solved for the revenue at which it passes; what
   is a share of rate revenue and nothing else has nothing fixed (`is_solved`).

   costs, drivers, revenue, paths: relations shaped as the macros of these names make them. #}
{% macro finance_lines(costs, drivers, revenue, paths) %}

with recursive drivers as (

    select * from {{ drivers }}

),

{{ finance_rates('drivers', revenue, paths) }},

unbalanced as (

    select
        rates.utility_id,
        rates.scenario,
        rates.fund,
        rates.path,
        rates.fiscal_year,
        rates.line,
        rates.title,
        'rate_revenue' as category,
        totals.is_pledged,
        cast(null as varchar) as lien,
        rates.amount_usd,
        case
            when rates.origin != 'actual' then case when rates.line = 'rate_revenue' then 1.0 else 0.0 end
            when rates.rate_revenue_usd != 0 then cast(rates.amount_usd as double) / cast(rates.rate_revenue_usd as double)
            else 1.0 / rates.line_count
        end as rate_share,
        true as is_solved,
        rates.origin,
        rates.sort
    from rates
    inner join totals
        on
            rates.utility_id = totals.utility_id
            and rates.scenario = totals.scenario
            and rates.fund = totals.fund
            and rates.path = totals.path
            and rates.fiscal_year = totals.fiscal_year
    union all
    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        'uncollectible',
        'Not expected to be paid',
        'uncollectible',
        is_pledged,
        null,
        {{ as_money(times('rate_revenue_usd', 'uncollectible_share')) }},
        cast(uncollectible_share as double),
        true,
        'assumption',
        199
    from totals
    union all
    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        pilot_line,
        coalesce(pilot_title, 'Payment in lieu of taxes'),
        coalesce(pilot_category, pilot_chart_category, 'transfer'),
        false,
        null,
        {{ as_money(times('rate_revenue_usd', 'pilot_share')) }},
        cast(pilot_share as double),
        true,
        'assumption',
        coalesce(pilot_sort, 450)
    from totals
    where pilot_share > 0
    union all
    select
        costs.utility_id,
        costs.scenario,
        costs.fund,
        scenario_paths.path,
        costs.fiscal_year,
        costs.line,
        costs.title,
        case when costs.line = totals.pilot_line then coalesce(totals.pilot_category, costs.category) else costs.category end,
        costs.is_pledged,
        costs.lien,
        costs.amount_usd,
        0.0,
        false,
        costs.origin,
        costs.sort
    from {{ costs }} as costs
    inner join scenario_paths
        on costs.utility_id = scenario_paths.utility_id and costs.scenario = scenario_paths.scenario and costs.fund = scenario_paths.fund
    left join totals
        on
            costs.utility_id = totals.utility_id
            and costs.scenario = totals.scenario
            and costs.fund = totals.fund
            and scenario_paths.path = totals.path
            and costs.fiscal_year = totals.fiscal_year

),

{{ finance_balances('unbalanced', 'totals', 'drivers') }},

final as (

    select
        unbalanced.utility_id,
        unbalanced.scenario,
        unbalanced.fund,
        unbalanced.path,
        unbalanced.fiscal_year,
        coalesce(drivers.year_kind, 'later') as year_kind,
        unbalanced.line,
        unbalanced.title,
        unbalanced.category,
        unbalanced.is_pledged,
        unbalanced.lien,
        unbalanced.amount_usd,
        cast(unbalanced.rate_share as decimal(28, 18)) as rate_share,
        {{ as_money("case
            when unbalanced.is_solved then 0
            else unbalanced.amount_usd - coalesce(totals.rate_revenue_usd, 0) * unbalanced.rate_share
        end") }} as fixed_usd,
        unbalanced.origin,
        unbalanced.sort
    from (
        select * from unbalanced
        union all
        select * from balance_lines
    ) as unbalanced
    left join drivers
        on
            unbalanced.utility_id = drivers.utility_id
            and unbalanced.scenario = drivers.scenario
            and unbalanced.fund = drivers.fund
            and unbalanced.fiscal_year = drivers.fiscal_year
    left join totals
        on
            unbalanced.utility_id = totals.utility_id
            and unbalanced.scenario = totals.scenario
            and unbalanced.fund = totals.fund
            and unbalanced.path = totals.path
            and unbalanced.fiscal_year = totals.fiscal_year

)

select * from final

{% endmacro %}
