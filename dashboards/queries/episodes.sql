-- Which events are asked about together, the latest first?
select
    episode_id,
    episode_title,
    starts_on,
    ends_on,
    waiver_from_on,
    waiver_to_on,
    penalty_waiver_from_on,
    penalty_waiver_to_on,
    outage_from_on,
    outage_to_on,
    window_from_on,
    window_to_on,
    event_count,
    is_open,
    is_assumed
from marts.dim_policy_episodes
where utility_id = $utility
order by starts_on desc, episode_id
