-- What was open at each month end, beside what would be open without the event, and when are arrears back?
select
    month_end_on,
    actual_open_usd,
    not_issued_usd,
    actual_open_usd + not_issued_usd as actual_usd,
    expected_low_usd,
    expected_usd,
    expected_high_usd,
    difference_usd,
    past_due_usd,
    is_within_range,
    is_in_window,
    is_back
from marts.rpt_recovery
where utility_id = $utility and episode_id = $episode
order by month_end_on
