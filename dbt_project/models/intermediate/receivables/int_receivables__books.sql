{{ config(materialized='view') }}

with balances as (

    select * from {{ ref('stg_extracts__ledger_balances') }}
    where line in ('receivable', 'allowance') and scenario = 'actual' and period > 0

),

utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

-- A fiscal year is named after the calendar year in which it ends; its first period is its first month.
numbered as (

    select
        balances.utility_id,
        balances.fund,
        balances.line,
        balances.amount_usd,
        case when utilities.fiscal_year_start_month = 1 then balances.fiscal_year else balances.fiscal_year - 1 end * 12
        + utilities.fiscal_year_start_month - 1 + balances.period - 1 as month_no
    from balances
    inner join utilities
        on balances.utility_id = utilities.utility_id

),

final as (

    select
        utility_id,
        fund,
        {{ month_end_of('month_no') }} as month_end_on,
        max(case when line = 'receivable' then amount_usd end) as books_usd,
        max(case when line = 'allowance' then amount_usd end) as allowance_usd
    from numbered
    group by utility_id, fund, month_no

)

select * from final
