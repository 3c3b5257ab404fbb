-- Which deposits are to be given back, or applied to a final bill?
select
    account_id,
    customer_class,
    account_status,
    answer,
    since_on,
    received_on,
    last_penalty_on,
    held_usd,
    balance_usd,
    apply_usd,
    refund_usd
from marts.rpt_deposits_due
where utility_id = $utility
order by answer, held_usd desc, account_id
