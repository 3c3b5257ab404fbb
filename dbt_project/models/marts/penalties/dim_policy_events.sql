with events as (

    select * from {{ ref('stg_policy__events') }}

),

final as (

    select
        utility_id,
        event_id,
        cast(
            row_number() over (partition by utility_id, event_id order by known_on nulls first, starts_on) as integer
        ) as version_no,
        episode_id,
        event_kind,
        event_title,
        cause,
        services,
        customer_classes,
        channels,
        starts_on,
        ends_on,
        known_on,
        extension_days,
        is_printed_on_bill,
        amount_usd,
        note,
        source,
        is_assumed
    from events

)

select * from final
