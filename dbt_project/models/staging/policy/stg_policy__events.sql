with source as (

    select * from {{ source('raw', 'policy_events') }}

),

final as (

    select
        -- ids
        utility_id,
        event_id,
        -- an event that names no episode is one of its own; a credit to everybody is no event's cost
        coalesce(episode_id, case when kind != 'one_time_credit' then event_id end) as episode_id,

        -- codes and texts
        kind as event_kind,
        title as event_title,
        case when episode_id is not null then episode_title when kind != 'one_time_credit' then title end as episode_title,
        cause,
        services,
        customer_classes,
        channels,
        note,
        source,

        -- numbers and switches
        extension_days,
        is_printed_on_bill,
        amount_usd,
        is_assumed,

        -- dates
        starts_on,
        ends_on,
        known_on
    from source

)

select * from final
