-- How old was what was owed at each month end? An empty list of a filter means all.
select
    month_end_on,
    sum(not_yet_due_usd) as not_yet_due_usd,
    sum(d1_30_usd) as d1_30_usd,
    sum(d31_60_usd) as d31_60_usd,
    sum(d61_90_usd) as d61_90_usd,
    sum(d91_120_usd) as d91_120_usd,
    sum(over_120_usd) as over_120_usd,
    sum(unapplied_usd) as unapplied_usd,
    sum(total_usd) as total_usd,
    sum(d91_120_usd + over_120_usd) as over_90_usd,
    sum(total_usd + unapplied_usd) as gross_usd
from marts.fct_aging_monthly
where
    utility_id = $utility
    and month_end_on <= cast($as_of as date)
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    and (len(cast($groups as varchar[])) = 0 or billing_group in (select unnest(cast($groups as varchar[]))))
    and (len(cast($statuses as varchar[])) = 0 or account_status in (select unnest(cast($statuses as varchar[]))))
group by month_end_on
order by month_end_on
