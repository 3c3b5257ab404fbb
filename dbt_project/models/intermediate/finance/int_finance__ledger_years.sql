with balances as (

    select * from {{ ref('stg_extracts__ledger_balances') }}

),

chart as (

    select * from {{ ref('int_finance__chart_of_lines') }}
    where category not in ('receivable', 'allowance', 'unbilled', 'deposits', 'cash')

),

-- Period 0 is the whole year; where months are given too, they are it.
final as (

    select
        balances.utility_id,
        balances.fund,
        balances.fiscal_year,
        balances.scenario as ledger_scenario,
        balances.line,
        chart.title,
        chart.category,
        chart.is_pledged,
        chart.sort,
        {{ as_money('coalesce(sum(case when balances.period > 0 then balances.amount_usd end), sum(case when balances.period = 0 then balances.amount_usd end))') }} as amount_usd,
        max(case when balances.period = 0 then 1 else 0 end) = 1 as has_whole_year,
        count(distinct case when balances.period > 0 then balances.period end) as month_count
    from balances
    inner join chart
        on balances.utility_id = chart.utility_id and balances.line = chart.line
    group by balances.utility_id, balances.fund, balances.fiscal_year, balances.scenario, balances.line, chart.title, chart.category, chart.is_pledged, chart.sort

)

select * from final
