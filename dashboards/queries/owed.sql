-- What is owed on a day, by how late?
select
    coalesce(sum(not_yet_due_usd), 0) as not_yet_due_usd,
    coalesce(sum(d1_30_usd), 0) as d1_30_usd,
    coalesce(sum(d31_60_usd), 0) as d31_60_usd,
    coalesce(sum(d61_90_usd), 0) as d61_90_usd,
    coalesce(sum(d91_120_usd), 0) as d91_120_usd,
    coalesce(sum(over_120_usd), 0) as over_120_usd,
    coalesce(sum(unapplied_usd), 0) as unapplied_usd,
    coalesce(sum(total_usd), 0) as total_usd,
    coalesce(sum(d91_120_usd + over_120_usd), 0) as over_90_usd,
    coalesce(sum(total_usd + unapplied_usd), 0) as gross_usd,
    count(distinct account_id) filter (where total_usd + unapplied_usd > 0) as open_account_count
from marts.aging_as_of(cast($as_of as date), 'due_date')
where utility_id = $utility
