-- Which bills differ from the tariff? The largest differences first, mistakes before what needs no correction.
select
    bill_id,
    account_id,
    service,
    customer_class,
    billed_on,
    reason,
    is_error,
    billed_usd,
    recomputed_usd,
    difference_usd,
    at_stake_usd,
    count(*) over () as matched_count
from marts.fct_bill_audit
where
    utility_id = $utility
    and reason != 'none'
    and (contains(bill_id, $bill_part) or contains(account_id, $bill_part))
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    and (len(cast($reasons as varchar[])) = 0 or reason in (select unnest(cast($reasons as varchar[]))))
    and ($fiscal_year is null or fiscal_year = $fiscal_year)
order by is_error desc, abs(difference_usd) desc, billed_on desc, bill_id, service
limit $row_limit
