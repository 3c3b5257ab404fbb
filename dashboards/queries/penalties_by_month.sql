-- What did policy expect in each month, what was charged, and what was not because of a waiver?
select
    month_end_on,
    sum(expected_usd) as expected_usd,
    sum(assessed_usd) as assessed_usd,
    sum(waived_event_usd) as waived_event_usd,
    sum(assessed_usd - waived_event_usd) as charged_usd,
    sum(shadow_usd) as shadow_usd,
    sum(waived_courtesy_usd) as waived_courtesy_usd,
    sum(collected_usd) as collected_usd,
    sum(written_off_usd) as written_off_usd,
    sum(open_usd) as open_usd,
    sum(penalty_count) as penalty_count
from marts.rpt_penalty_revenue
where
    utility_id = $utility
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
group by month_end_on
order by month_end_on
