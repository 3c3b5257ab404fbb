with source as (

    select * from {{ source('raw', 'policy_events') }}

),

final as (

    select
        -- ids
        utility_id,
        event_id,

        -- codes and texts
        kind as event_kind,
        title as event_title,
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
