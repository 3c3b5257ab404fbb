-- Which events are there, which are an episode's own or were in force in its time, in every version by the day it became known?
with versions as (

    select
        *,
        row_number() over (partition by event_id order by version_no desc) = 1 as is_latest
    from marts.dim_policy_events
    where
        utility_id = $utility
        and coalesce(known_on, starts_on) <= cast($as_of as date)

),

in_force as (

    select event_id
    from versions
    where
        is_latest
        and (
            episode_id = $episode
            or starts_on <= cast($to_on as date) and coalesce(ends_on, cast($to_on as date)) >= cast($from_on as date)
        )

)

select
    versions.event_id,
    coalesce(versions.episode_id = $episode, false) as is_of_episode,
    versions.event_kind,
    versions.event_title,
    versions.cause,
    versions.services,
    versions.customer_classes,
    versions.channels,
    versions.starts_on,
    versions.ends_on,
    versions.known_on,
    versions.version_no,
    versions.is_latest,
    in_force.event_id is not null as is_in_time,
    versions.extension_days,
    versions.amount_usd,
    versions.source,
    versions.note,
    versions.is_assumed
from versions
left join in_force on versions.event_id = in_force.event_id
order by versions.known_on, versions.starts_on, versions.event_id, versions.version_no
