with covered as (

    select distinct
        utility_id,
        covered_by
    from {{ ref('int_penalties__impact_amounts') }}

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}

),

episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

-- A credit to everybody is shown with the episodes in whose window it falls; any other event has its own episode.
event_episodes as (

    select
        utility_id,
        event_id,
        episode_id
    from events
    where event_kind != 'one_time_credit'
    union all
    select
        events.utility_id,
        events.event_id,
        episodes.episode_id
    from events
    inner join episodes
        on
            events.utility_id = episodes.utility_id
            and events.starts_on <= episodes.window_to_on
            and events.ends_on >= episodes.window_from_on
    where events.event_kind = 'one_time_credit'

),

of_events as (

    select
        covered.utility_id,
        covered.covered_by,
        event_episodes.event_id as member_id,
        'event' as member_kind,
        event_episodes.event_id,
        event_episodes.episode_id
    from covered
    inner join event_episodes
        on covered.utility_id = event_episodes.utility_id and {{ names_word('covered.covered_by', 'event_episodes.event_id') }}

),

of_episodes as (

    select
        covered.utility_id,
        covered.covered_by,
        'episode:' || episodes.episode_id as member_id,
        'episode' as member_kind,
        cast(null as varchar) as event_id,
        episodes.episode_id
    from covered
    inner join episodes
        on covered.utility_id = episodes.utility_id and {{ names_word('covered.covered_by', "'episode:' || episodes.episode_id") }}

),

members as (

    select * from of_events
    union all
    select * from of_episodes

),

final as (

    select
        utility_id,
        covered_by,
        member_id,
        member_kind,
        event_id,
        episode_id,
        covered_by not like '%,%' as is_alone
    from members

)

select * from final
