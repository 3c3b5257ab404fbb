with gaps as (

    select
        utility_id,
        read_id,
        service,
        previous_read_on,
        read_on
    from {{ ref('int_billing__reads') }}
    where is_gap

),

events as (

    select
        utility_id,
        event_id,
        services,
        starts_on,
        coalesce(ends_on, {{ end_of_time() }}) as ends_on
    from {{ ref('int_quality__events_in_force') }}
    where event_kind = 'billing_suspension'

),

final as (

    select
        gaps.utility_id,
        gaps.read_id,
        min(events.event_id) as explained_by_event
    from gaps
    inner join events
        on
            gaps.utility_id = events.utility_id
            and events.starts_on <= gaps.read_on
            and events.ends_on > gaps.previous_read_on
            and (events.services is null or ',' || events.services || ',' like '%,' || gaps.service || ',%')
    group by gaps.utility_id, gaps.read_id

)

select * from final
