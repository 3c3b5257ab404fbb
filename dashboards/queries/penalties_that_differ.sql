-- Which penalties are not what policy expects? Mistakes first, the largest first; matched_count says how many there are.
select
    account_id,
    bill_id,
    customer_class,
    billed_on,
    penalty_on,
    base_usd,
    expected_usd,
    assessed_usd,
    waived_event_usd,
    difference_usd,
    reason,
    is_error,
    count(*) over () as matched_count
from marts.fct_penalties
where
    utility_id = $utility
    and reason != 'none'
    and (contains(account_id, $account_part) or contains(bill_id, $account_part))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    and (len(cast($reasons as varchar[])) = 0 or reason in (select unnest(cast($reasons as varchar[]))))
    and ($fiscal_year is null or fiscal_year = $fiscal_year)
order by is_error desc, abs(difference_usd) desc, penalty_on desc, bill_id
limit $row_limit
