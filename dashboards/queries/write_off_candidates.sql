-- Which accounts does the policy let the council write off, and what was written off and recovered before?
select
    account_id,
    customer_class,
    account_status,
    closed_on,
    reason,
    oldest_due_on,
    days_past_due,
    past_due_usd,
    open_usd,
    written_off_usd,
    recovered_usd
from marts.rpt_write_off_candidates
where
    utility_id = $utility
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
order by past_due_usd desc, account_id
