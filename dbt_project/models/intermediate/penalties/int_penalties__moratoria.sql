with events as (

    select * from {{ ref('stg_policy__events') }}
    where event_kind = 'shutoff_moratorium'

),

-- What was known on a day is the event's latest version by then.
final as (

    select
        utility_id,
        event_id,
        services,
        customer_classes,
        starts_on,
        coalesce(ends_on, {{ end_of_time() }}) as ends_on,
        coalesce(known_on, {{ beginning_of_time() }}) as known_from_on,
        coalesce(
            lead(known_on) over (partition by utility_id, event_id order by coalesce(known_on, {{ beginning_of_time() }}), starts_on), {{ end_of_time() }}
        ) as known_to_on
    from events

)

select * from final
