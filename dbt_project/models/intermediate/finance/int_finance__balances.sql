with cash_balances as (

    select * from {{ ref('stg_extracts__cash_balances') }}

),

fund_years as (

    select * from {{ ref('int_finance__fund_years') }}

),

utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

year_ends as (

    select
        cash_balances.utility_id,
        cash_balances.fund,
        {{ fiscal_year_of('cash_balances.as_of_on', 'utilities.fiscal_year_start_month') }} as fiscal_year,
        cash_balances.unrestricted_usd,
        cash_balances.restricted_usd
    from cash_balances
    inner join utilities
        on cash_balances.utility_id = utilities.utility_id
    where
        cash_balances.as_of_on
        = {{ fiscal_year_end(fiscal_year_of('cash_balances.as_of_on', 'utilities.fiscal_year_start_month'), 'utilities.fiscal_year_start_month') }}

),

-- A balance counts where the year is over in the books; and before the first year.
final as (

    select
        year_ends.utility_id,
        year_ends.fund,
        year_ends.fiscal_year,
        year_ends.unrestricted_usd,
        year_ends.restricted_usd
    from year_ends
    inner join (select distinct utility_id, fund, first_open_year from fund_years) as funds
        on year_ends.utility_id = funds.utility_id and year_ends.fund = funds.fund
    where year_ends.fiscal_year < funds.first_open_year

)

select * from final
