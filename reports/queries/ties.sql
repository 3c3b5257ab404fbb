-- Do aging, ledger and books agree at the month's end, in every fund and in all?
with aging as (

    select
        services.fund,
        sum(aging.total_usd) as aging_usd
    from marts.fct_aging_monthly as aging
    inner join marts.dim_services as services
        on aging.utility_id = services.utility_id and aging.service = services.service
    where aging.utility_id = $utility and aging.month_end_on = $month_end
    group by services.fund

),

-- Payments have no service, so the ledger speaks for all funds together.
ledger as (

    select coalesce(sum(amount_usd), 0) as ledger_usd
    from marts.fct_ledger
    where utility_id = $utility and posted_on <= $month_end

),

funds as (

    select
        rollforward.fund,
        rollforward.closing_usd,
        rollforward.books_usd,
        rollforward.difference_usd,
        coalesce(aging.aging_usd, 0) as aging_usd
    from marts.rpt_receivable_rollforward as rollforward
    left join aging
        on rollforward.fund = aging.fund
    where rollforward.utility_id = $utility and rollforward.month_end_on = $month_end

)

select
    fund,
    aging_usd,
    closing_usd as rollforward_usd,
    cast(null as decimal(18, 2)) as ledger_usd,
    books_usd,
    difference_usd,
    abs(difference_usd) as apart_usd
from funds
union all
select
    'all' as fund,
    sum(funds.aging_usd) as aging_usd,
    sum(funds.closing_usd) as rollforward_usd,
    any_value(ledger.ledger_usd) as ledger_usd,
    case when count(*) = count(funds.books_usd) then sum(funds.books_usd) end as books_usd,
    case when count(*) = count(funds.books_usd) then sum(funds.difference_usd) end as difference_usd,
    case when count(*) = count(funds.books_usd) then sum(abs(funds.difference_usd)) end as apart_usd
from funds
cross join ledger
order by fund = 'all', fund
