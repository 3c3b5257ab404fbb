-- Who is past due at a month end: which classes, services, groups and payment habits?
select
    segment_kind,
    segment,
    active_account_count,
    account_count,
    past_due_account_count,
    open_usd,
    not_yet_due_usd,
    d1_30_usd,
    d31_60_usd,
    d61_90_usd,
    d91_120_usd,
    over_120_usd,
    past_due_usd
from marts.rpt_delinquency_segments
where utility_id = $utility and month_end_on = cast($month_end_on as date)
order by segment_kind, past_due_usd desc, segment
