-- Of the bills of each month of an episode, how much had been paid so many days after the bill, and how much usually is?
select
    billed_month_end_on,
    age_days,
    net_billed_usd,
    collected_pct,
    expected_pct,
    clean_month_count,
    is_event_month
from marts.rpt_recovery_curves
where utility_id = $utility and episode_id = $episode
order by billed_month_end_on, age_days
