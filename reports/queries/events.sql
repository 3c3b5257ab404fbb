-- Which events suspended a rule, billing or payments in the month? The latest version of each event that was known by the as-of date.
with latest as (

    select *
    from marts.dim_policy_events
    where
        utility_id = $utility
        and event_kind <> 'one_time_credit'
        and coalesce(known_on, starts_on) <= $as_of
    qualify row_number() over (partition by event_id order by version_no desc) = 1

)

select
    event_kind,
    event_title,
    starts_on,
    ends_on,
    is_assumed
from latest
where starts_on <= $month_end and (ends_on is null or ends_on >= cast(date_trunc('month', $month_end) as date))
order by starts_on, event_title
