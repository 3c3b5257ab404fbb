-- How many reads of each month were estimated, and how many are in doubt?
select
    month_end_on,
    sum(read_count) as read_count,
    sum(change_read_count) as change_read_count,
    sum(estimated_count) as estimated_count,
    sum(estimated_weather_count) as estimated_weather_count,
    sum(estimated_access_count) as estimated_access_count,
    sum(estimated_other_count) as estimated_other_count,
    sum(true_up_count) as true_up_count,
    sum(stuck_count) as stuck_count,
    sum(gap_count) as gap_count,
    sum(read_missing_count) as read_missing_count,
    sum(outlier_count) as outlier_count,
    sum(negative_count) as negative_count,
    sum(falling_count) as falling_count,
    sum(days_apart_count) as days_apart_count,
    sum(duplicate_count) as duplicate_count,
    sum(usage_differing_count) as usage_differing_count
from marts.rpt_reads_monthly
where
    utility_id = $utility
    and month_end_on <= last_day(cast($as_of as date))
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
group by month_end_on
order by month_end_on
