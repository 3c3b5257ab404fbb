-- Which payments came back, as which one of its account, and who may pay by cash or card only since?
select
    returned_on,
    posted_on,
    return_id,
    account_id,
    payment_id,
    return_kind,
    reason_code,
    channel,
    tender,
    amount_usd,
    is_counted,
    returned_count,
    is_restricted,
    tenders_allowed,
    expected_fee_usd,
    charged_fee_usd,
    waived_fee_usd,
    count(*) over () as matched_count
from marts.fct_returned_payments
where utility_id = $utility and posted_on between cast($from_on as date) and cast($to_on as date)
order by returned_on desc, return_id
limit $row_limit
