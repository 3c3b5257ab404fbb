-- How much of the deposits was to be refunded, or applied to final bills, on the as-of date? Only for the latest month that has ended.
select
    coalesce(due.answer, 'all') as answer,
    count(*) as account_count,
    sum(due.held_usd) as held_usd,
    sum(due.apply_usd) as apply_usd,
    sum(due.refund_usd) as refund_usd
from marts.rpt_deposits_due as due
where
    due.utility_id = $utility
    and due.as_of_on < last_day(cast($month_end as date) + interval 1 day)
group by grouping sets ((due.answer), ())
having count(*) > 0
order by grouping(due.answer), answer
