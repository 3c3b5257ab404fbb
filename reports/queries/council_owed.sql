-- What is owed by age on the as-of date, and what was it a year before? Open items are gross; money not applied stands apart.
with days as (

    select
        'now' as stage,
        aged.*
    from marts.aging_as_of(cast($as_of as date), 'due_date') as aged
    where aged.utility_id = $utility
    union all
    select
        'before' as stage,
        aged.*
    from marts.aging_as_of(cast(cast($as_of as date) - interval 1 year as date), 'due_date') as aged
    where aged.utility_id = $utility

),

summed as (

    select
        stage,
        sum(not_yet_due_usd) as not_yet_due_usd,
        sum(d1_30_usd) as d1_30_usd,
        sum(d31_60_usd) as d31_60_usd,
        sum(d61_90_usd) as d61_90_usd,
        sum(d91_120_usd) as d91_120_usd,
        sum(over_120_usd) as over_120_usd,
        sum(total_usd + unapplied_usd) as gross_usd,
        -sum(unapplied_usd) as unapplied_usd,
        sum(total_usd) as total_usd,
        sum(d91_120_usd + over_120_usd) as over_90_usd
    from days
    group by stage

),

lines as (

    unpivot summed
    on columns(* exclude (stage))
    into name line value amount_usd

)

select
    line,
    coalesce(max(amount_usd) filter (where stage = 'now'), 0) as now_usd,
    max(amount_usd) filter (where stage = 'before') as before_usd,
    coalesce(max(amount_usd) filter (where stage = 'now'), 0) - max(amount_usd) filter (where stage = 'before') as change_usd
from lines
group by line
