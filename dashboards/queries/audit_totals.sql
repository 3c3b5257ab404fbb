-- How much of what was billed is exact to the cent, and how much is wrong: in all (fiscal_year is null) and by fiscal year?
select
    fiscal_year,
    count(*) filter (reason != 'cancelled') as row_count,
    count(*) filter (reason = 'none') as exact_count,
    sum(billed_usd) filter (reason != 'cancelled') as billed_usd,
    sum(recomputed_usd) filter (reason != 'cancelled') as recomputed_usd,
    count(distinct bill_id) filter (is_error) as error_bill_count,
    count(distinct account_id) filter (is_error) as error_account_count,
    sum(at_stake_usd) as at_stake_usd,
    coalesce(sum(difference_usd) filter (is_error and difference_usd > 0), 0) as too_much_usd,
    coalesce(-sum(difference_usd) filter (is_error and difference_usd < 0), 0) as too_little_usd,
    count(*) filter (recomputed_usd != 0) as priced_count,
    count(*) filter (usage_source = 'reads') as read_count
from marts.fct_bill_audit
where
    utility_id = $utility
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
group by grouping sets ((fiscal_year), ())
order by fiscal_year nulls first
