-- Which fees did policy expect in these days, and what was charged, waived and absorbed?
select
    fee_kind,
    paid_to,
    count(*) as fee_count,
    coalesce(sum(expected_usd), 0) as expected_usd,
    coalesce(sum(charged_usd), 0) as charged_usd,
    coalesce(sum(waived_usd), 0) as waived_usd,
    coalesce(sum(absorbed_usd), 0) as absorbed_usd,
    coalesce(sum(difference_usd), 0) as difference_usd,
    count(*) filter (difference_usd != 0) as differing_count
from marts.fct_fees
where utility_id = $utility and occurred_on between cast($from_on as date) and cast($to_on as date)
group by fee_kind, paid_to
order by fee_kind, paid_to
