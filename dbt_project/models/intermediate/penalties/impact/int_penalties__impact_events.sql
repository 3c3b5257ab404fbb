with events as (

    select * from {{ ref('int_quality__events_in_force') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

final as (

    select
        events.utility_id,
        events.episode_id,
        events.episode_title,
        events.event_id,
        events.event_kind,
        events.event_title,
        events.services,
        events.customer_classes,
        events.channels,
        events.starts_on,
        coalesce(events.ends_on, greatest(events.starts_on, utilities.as_of_on)) as ends_on,
        events.ends_on is null as is_open,
        events.amount_usd,
        cast(
            row_number() over (partition by events.utility_id order by events.starts_on, events.event_id) as integer
        ) as event_no,
        events.is_assumed,
        events.starts_on <= utilities.as_of_on as has_begun,
        utilities.as_of_on
    from events
    inner join utilities
        on events.utility_id = utilities.utility_id

)

select * from final
