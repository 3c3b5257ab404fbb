-- What became of the penalties posted in the month, and what does policy expect, by class and service?
select
    coalesce(customer_class, 'all') as customer_class,
    coalesce(service, 'all') as service,
    coalesce(sum(assessed_usd), 0) as assessed_usd,
    -coalesce(sum(waived_event_usd), 0) as waived_event_usd,
    -coalesce(sum(waived_courtesy_usd), 0) as waived_courtesy_usd,
    -coalesce(sum(collected_usd), 0) as collected_usd,
    -coalesce(sum(written_off_usd), 0) as written_off_usd,
    coalesce(sum(open_usd), 0) as open_usd,
    coalesce(sum(expected_usd), 0) as expected_usd,
    coalesce(sum(shadow_usd), 0) as shadow_usd,
    coalesce(sum(penalty_count), 0) as penalty_count
from marts.rpt_penalty_revenue
where utility_id = $utility and month_end_on = $month_end
group by grouping sets ((customer_class, service), (customer_class), (service), ())
order by grouping(customer_class), customer_class, grouping(service), service
