-- Which deposits were to be refunded, or applied to a final bill, on the as-of date? Only for the latest month that has ended.
select
    due.account_id,
    due.customer_class,
    due.answer,
    due.since_on,
    due.held_usd,
    due.balance_usd,
    due.apply_usd,
    due.refund_usd
from marts.rpt_deposits_due as due
where
    due.utility_id = $utility
    and due.as_of_on < last_day(cast($month_end as date) + interval 1 day)
order by due.answer, due.since_on, due.account_id
