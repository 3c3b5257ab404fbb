-- How much of what was billed is exact to the cent, and how much is wrong?
select
    count(*) as row_count,
    count(*) filter (billed_usd = recomputed_usd) as exact_count,
    coalesce(sum(billed_usd), 0) as billed_usd,
    coalesce(sum(recomputed_usd), 0) as recomputed_usd,
    count(distinct bill_id) filter (is_error) as error_bill_count,
    count(distinct account_id) filter (is_error) as error_account_count,
    coalesce(sum(at_stake_usd), 0) as at_stake_usd,
    coalesce(sum(difference_usd) filter (is_error and difference_usd > 0), 0) as too_much_usd,
    coalesce(-sum(difference_usd) filter (is_error and difference_usd < 0), 0) as too_little_usd,
    count(*) filter (is_assumed) as assumed_count
from marts.fct_bill_audit
where
    utility_id = $utility
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    and ($fiscal_year is null or fiscal_year = $fiscal_year)
