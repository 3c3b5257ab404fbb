-- The version of each event that is in force: the one that became known last.
with events as (

    select * from {{ ref('stg_policy__events') }}

),

ranked as (

    select
        *,
        row_number() over (partition by utility_id, event_id order by known_on desc nulls last, starts_on desc) as version_rank
    from events

),

final as (

    select
        utility_id,
        event_id,
        episode_id,
        event_kind,
        event_title,
        episode_title,
        services,
        customer_classes,
        channels,
        amount_usd,
        is_assumed,
        starts_on,
        ends_on
    from ranked
    where version_rank = 1

)

select * from final
