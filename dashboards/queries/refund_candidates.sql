-- Whose credit is to be paid out, or may be on request?
select
    account_id,
    customer_class,
    account_status,
    credit_usd,
    typical_bill_usd,
    limit_usd,
    requested_on,
    answer
from marts.rpt_refund_candidates
where utility_id = $utility and answer in ('refundable', 'on_request', 'closed')
order by answer, credit_usd desc, account_id
