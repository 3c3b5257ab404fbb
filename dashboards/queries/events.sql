-- When did an outage, a waiver or a suspension change what is owed or how late it is? The latest version of each event.
-- Waivers of payment fees are left out: who pays by card owes the same.
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
    and event_kind in ('penalty_waiver', 'shutoff_moratorium', 'billing_suspension', 'channel_outage')
    and starts_on <= cast($as_of as date)
qualify row_number() over (partition by event_id order by version_no desc) = 1
order by starts_on, event_id
