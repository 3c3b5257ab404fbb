-- Did the books agree in every fund in the months of the year to the month's end?
select
    month_end_on,
    sum(closing_usd) as closing_usd,
    case when count(*) = count(books_usd) then sum(books_usd) end as books_usd,
    case when count(*) = count(books_usd) then sum(difference_usd) end as difference_usd,
    count(*) filter (where difference_usd <> 0) as differing_fund_count
from marts.rpt_receivable_rollforward
where
    utility_id = $utility
    and month_end_on > cast($month_end as date) - interval 1 year
    and month_end_on <= $month_end
group by month_end_on
order by month_end_on
