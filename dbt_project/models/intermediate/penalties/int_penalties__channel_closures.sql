with events as (

    select * from {{ ref('int_quality__events_in_force') }}
    where event_kind = 'channel_outage'

),

closed as (

    select
        utility_id,
        event_id,
        channels,
        starts_on,
        case when ends_on is null then {{ end_of_time() }} else {{ add_days('ends_on', '1') }} end as to_on
    from events

),

channels as (

    {% for channel in ['walk_in', 'mail', 'drop_box', 'phone', 'online', 'autopay', 'agent', 'assistance'] -%}
        select '{{ channel }}' as channel
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

changes as (

    select closed.utility_id, channels.channel, closed.starts_on as on_day, 1 as change
    from closed
    inner join channels
        on closed.channels is null or {{ names_word('closed.channels', 'channels.channel') }}
    union all
    select closed.utility_id, channels.channel, closed.to_on as on_day, -1 as change
    from closed
    inner join channels
        on closed.channels is null or {{ names_word('closed.channels', 'channels.channel') }}

),

days as (

    select
        utility_id,
        channel,
        on_day as from_on,
        lead(on_day) over by_day as to_on,
        sum(sum(change)) over by_day as closed_count
    from changes
    group by utility_id, channel, on_day
    window by_day as (partition by utility_id, channel order by on_day)

),

final as (

    select
        utility_id,
        channel,
        from_on,
        to_on
    from days
    where closed_count > 0

)

select * from final
