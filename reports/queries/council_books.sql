-- Do ledger and books agree at the last month end, fund by fund?
select
    fund,
    month_end_on,
    closing_usd,
    books_usd,
    difference_usd
from marts.rpt_receivable_rollforward
where
    utility_id = $utility
    and month_end_on = (
        select max(last.month_end_on)
        from marts.rpt_receivable_rollforward as last
        where last.utility_id = $utility and last.month_end_on <= cast($as_of as date)
    )
order by fund
