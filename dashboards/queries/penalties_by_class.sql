-- Which classes and services bore the penalties of these days?
select
    customer_class,
    service,
    sum(expected_usd) as expected_usd,
    sum(assessed_usd) as assessed_usd,
    sum(waived_event_usd + waived_courtesy_usd) as waived_usd,
    sum(shadow_usd) as shadow_usd,
    sum(collected_usd) as collected_usd,
    sum(written_off_usd) as written_off_usd,
    sum(open_usd) as open_usd,
    sum(penalty_count) as penalty_count
from marts.rpt_penalty_revenue
where
    utility_id = $utility
    and month_end_on between cast($from_on as date) and cast($to_on as date)
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
group by customer_class, service
order by customer_class, service
