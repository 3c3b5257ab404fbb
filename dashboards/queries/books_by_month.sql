-- At which month ends do the books agree with the ledger in every fund?
select
    month_end_on,
    count(books_usd) as fund_count,
    sum(difference_usd) as difference_usd,
    sum(abs(difference_usd)) as apart_usd
from marts.rpt_receivable_rollforward
where utility_id = $utility and books_usd is not null
group by month_end_on
order by month_end_on
