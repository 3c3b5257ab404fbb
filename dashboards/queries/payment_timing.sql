-- Of what was billed in each month, how much was paid by the due date, the penalty date and so many days after the bill?
select
    billed_month_end_on as month_end_on,
    customer_class,
    collectible_usd,
    by_due_date_pct,
    by_penalty_date_pct,
    by_30_days_pct,
    by_60_days_pct,
    by_90_days_pct,
    by_180_days_pct,
    has_event
from marts.rpt_payment_timing
where
    utility_id = $utility
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
order by month_end_on desc, customer_class
