-- What did policy expect, what was charged for lateness, and what became of it: in all (fiscal_year is null) and by fiscal year?
select
    fiscal_year,
    count(*) as bill_count,
    count(*) filter (reason = 'not_delivered') as unknown_count,
    count(*) filter (assessed_usd != 0) as penalty_count,
    coalesce(sum(expected_usd), 0) as expected_usd,
    coalesce(sum(assessed_usd), 0) as assessed_usd,
    coalesce(sum(waived_event_usd), 0) as waived_event_usd,
    coalesce(sum(waived_courtesy_usd), 0) as waived_courtesy_usd,
    coalesce(sum(collected_usd), 0) as collected_usd,
    coalesce(sum(written_off_usd), 0) as written_off_usd,
    coalesce(sum(open_usd), 0) as open_usd,
    coalesce(sum(shadow_usd), 0) as shadow_usd,
    count(*) filter (shadow_usd != 0) as shadow_count,
    count(*) filter (is_error) as error_count,
    count(distinct account_id) filter (is_error) as error_account_count,
    coalesce(sum(difference_usd) filter (is_error and difference_usd > 0), 0) as too_much_usd,
    coalesce(-sum(difference_usd) filter (is_error and difference_usd < 0), 0) as too_little_usd,
    count(*) filter (is_assumed) as assumed_count
from marts.fct_penalties
where
    utility_id = $utility
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
group by grouping sets ((fiscal_year), ())
order by fiscal_year nulls first
