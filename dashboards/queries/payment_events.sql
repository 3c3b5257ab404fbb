-- When was a way to pay closed, or a payment fee waived? The latest version of each event.
select
    event_id,
    event_kind,
    event_title,
    starts_on,
    coalesce(ends_on, cast($as_of as date)) as ends_on,
    is_assumed
from marts.dim_policy_events
where
    utility_id = $utility
    and event_kind in ('fee_waiver', 'channel_outage', 'billing_suspension')
    and starts_on <= cast($as_of as date)
qualify row_number() over (partition by event_id order by version_no desc) = 1
order by starts_on, event_id
