-- Of what stood in each age a month before, how much is later still: in one month, a year before, and in months without events?
select
    step_no,
    from_bucket,
    to_bucket,
    sum(from_usd) filter (month_end_on = cast($month_end_on as date)) as from_usd,
    sum(rolled_usd) filter (month_end_on = cast($month_end_on as date)) as rolled_usd,
    max(suppressed_because) filter (month_end_on = cast($month_end_on as date)) as suppressed_because,
    sum(from_usd) filter (month_end_on = cast($year_before_on as date) and suppressed_because is null) as year_before_from_usd,
    sum(rolled_usd) filter (month_end_on = cast($year_before_on as date) and suppressed_because is null) as year_before_rolled_usd,
    sum(from_usd) filter (not has_event and not is_skewed) as clean_from_usd,
    sum(rolled_usd) filter (not has_event and not is_skewed) as clean_rolled_usd,
    count(distinct month_end_on) filter (not has_event and not is_skewed) as clean_month_count
from marts.rpt_roll_rates
where utility_id = $utility and month_end_on <= cast($month_end_on as date)
group by step_no, from_bucket, to_bucket
order by step_no
