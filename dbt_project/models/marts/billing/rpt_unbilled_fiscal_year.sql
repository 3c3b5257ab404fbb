with revenue as (

    select * from {{ ref('fct_revenue_monthly') }}
    where service != 'account'

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

complete_days as (

    select * from {{ ref('int_billing__complete_days') }}

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

books as (

    select
        utility_id,
        fund,
        fiscal_year,
        coalesce(max(case when period = 12 then amount_usd end), max(case when period = 0 then amount_usd end)) as books_usd
    from {{ ref('stg_extracts__ledger_balances') }}
    where line = 'unbilled' and scenario = 'actual'
    group by utility_id, fund, fiscal_year

),

year_ends as (

    select
        revenue.*,
        revenue.month_end_on <= complete_days.through_on as is_through,
        {{ fiscal_year_of('revenue.month_end_on', 'utilities.fiscal_year_start_month') }} as fiscal_year
    from revenue
    inner join utilities
        on revenue.utility_id = utilities.utility_id and revenue.month_end_on <= utilities.as_of_on
    inner join complete_days
        on revenue.utility_id = complete_days.utility_id and revenue.month_end_on >= complete_days.first_billed_on
    where
        {{ fiscal_year_of('revenue.month_end_on', 'utilities.fiscal_year_start_month') }}
        != {{ fiscal_year_of(add_days('revenue.month_end_on', '1'), 'utilities.fiscal_year_start_month') }}

),

final as (

    select
        year_ends.utility_id,
        cast(year_ends.fiscal_year as integer) as fiscal_year,
        year_ends.service,
        year_ends.customer_class,
        year_ends.month_end_on as year_end_on,
        service_funds.fund,
        case when year_ends.is_through then year_ends.unbilled_usd end as unbilled_usd,
        year_ends.known_unbilled_usd,
        year_ends.unbilled_error_usd,
        cast(
            case when year_ends.unbilled_usd != 0 then 100 * year_ends.unbilled_error_usd / year_ends.unbilled_usd end as decimal(18, 2)
        ) as unbilled_error_pct,
        {{ as_money('books.books_usd') }} as fund_books_usd,
        coalesce(year_ends.is_through, false) as is_complete
    from year_ends
    left join service_funds
        on year_ends.utility_id = service_funds.utility_id and year_ends.service = service_funds.service
    left join books
        on
            year_ends.utility_id = books.utility_id
            and service_funds.fund = books.fund
            and year_ends.fiscal_year = books.fiscal_year

)

select * from final
