with balances as (

    select * from {{ ref('stg_extracts__ledger_balances') }}

),

chart as (

    select * from {{ ref('int_finance__chart_of_lines') }}

),

ledger_years as (

    select * from {{ ref('int_finance__ledger_years') }}
    where ledger_scenario = 'actual'

),

fund_years as (

    select * from {{ ref('int_finance__fund_years') }}

),

debt_years as (

    select
        utility_id,
        fund,
        fiscal_year,
        sum(amount_usd) as amount_usd
    from {{ ref('int_finance__debt_years') }}
    group by utility_id, fund, fiscal_year

),

settings as (

    select * from {{ ref('int_finance__settings') }}

),

utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

not_in_chart as (

    select
        balances.utility_id,
        balances.fund,
        balances.fiscal_year,
        'line_not_in_chart' as finding,
        balances.line as subject,
        sum(balances.amount_usd) as amount_usd,
        'The chart of lines does not have this line: it counts nowhere.' as detail
    from balances
    left join chart
        on balances.utility_id = chart.utility_id and balances.line = chart.line
    where chart.line is null
    group by balances.utility_id, balances.fund, balances.fiscal_year, balances.line

),

-- A year that is over and has some of its months, but not all.
months_missing as (

    select
        ledger_years.utility_id,
        ledger_years.fund,
        ledger_years.fiscal_year,
        'months_missing' as finding,
        'actual' as subject,
        sum(ledger_years.amount_usd) as amount_usd,
        'Only ' || max(ledger_years.month_count) || ' months of this year are in the books: the year counts as not actual.' as detail
    from ledger_years
    inner join utilities
        on ledger_years.utility_id = utilities.utility_id
    inner join settings
        on ledger_years.utility_id = settings.utility_id
    where {{ fiscal_year_end('ledger_years.fiscal_year', 'utilities.fiscal_year_start_month') }} <= last_day(settings.as_of_on)
    group by ledger_years.utility_id, ledger_years.fund, ledger_years.fiscal_year
    having max(ledger_years.month_count) < 12 and max(case when ledger_years.has_whole_year then 1 else 0 end) = 0

),

booked_debt as (

    select
        utility_id,
        fund,
        fiscal_year,
        sum(amount_usd) as amount_usd
    from ledger_years
    where category = 'debt_service'
    group by utility_id, fund, fiscal_year

),

debt_differs as (

    select
        booked_debt.utility_id,
        booked_debt.fund,
        booked_debt.fiscal_year,
        'debt_differs' as finding,
        'debt_service' as subject,
        booked_debt.amount_usd - debt_years.amount_usd as amount_usd,
        'The books differ from the schedule of debt payments by this much: the schedule counts.' as detail
    from booked_debt
    inner join debt_years
        on booked_debt.utility_id = debt_years.utility_id and booked_debt.fund = debt_years.fund and booked_debt.fiscal_year = debt_years.fiscal_year
    inner join fund_years
        on booked_debt.utility_id = fund_years.utility_id and booked_debt.fund = fund_years.fund and booked_debt.fiscal_year = fund_years.fiscal_year
    where booked_debt.amount_usd != debt_years.amount_usd and fund_years.year_kind = 'actual'

),

final as (

    select utility_id, fund, fiscal_year, finding, subject, {{ as_money('amount_usd') }} as amount_usd, detail
    from not_in_chart
    union all
    select utility_id, fund, fiscal_year, finding, subject, {{ as_money('amount_usd') }}, detail
    from months_missing
    union all
    select utility_id, fund, fiscal_year, finding, subject, {{ as_money('amount_usd') }}, detail
    from debt_differs

)

select * from final
