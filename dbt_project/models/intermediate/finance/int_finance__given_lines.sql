with ledger_years as (

    select * from {{ ref('int_finance__ledger_years') }}

),

fund_years as (

    select * from {{ ref('int_finance__fund_years') }}

),

debt_years as (

    select distinct
        utility_id,
        fund,
        fiscal_year
    from {{ ref('int_finance__debt_years') }}

),

final as (

    select
        ledger_years.utility_id,
        ledger_years.fund,
        ledger_years.fiscal_year,
        fund_years.year_kind,
        ledger_years.line,
        ledger_years.title,
        ledger_years.category,
        ledger_years.is_pledged,
        ledger_years.sort,
        ledger_years.amount_usd
    from ledger_years
    inner join fund_years
        on
            ledger_years.utility_id = fund_years.utility_id
            and ledger_years.fund = fund_years.fund
            and ledger_years.fiscal_year = fund_years.fiscal_year
            and ledger_years.ledger_scenario = fund_years.year_kind
    left join debt_years
        on
            ledger_years.utility_id = debt_years.utility_id
            and ledger_years.fund = debt_years.fund
            and ledger_years.fiscal_year = debt_years.fiscal_year
    -- Debt is told by its schedule, issue by issue, where there is one.
    where ledger_years.category != 'debt_service' or debt_years.fiscal_year is null

)

select * from final
