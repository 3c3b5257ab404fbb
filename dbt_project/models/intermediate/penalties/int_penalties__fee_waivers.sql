with events as (

    select * from {{ ref('int_quality__events_in_force') }}
    where event_kind = 'fee_waiver'

),

in_force as (

    select
        utility_id,
        event_id,
        channels,
        customer_classes,
        starts_on,
        case when ends_on is null then {{ end_of_time() }} else {{ add_days('ends_on', '1') }} end as to_on
    from events

),

days as (

    select utility_id, starts_on as from_on from in_force
    union
    select utility_id, to_on as from_on from in_force

),

stretches as (

    select
        utility_id,
        from_on,
        lead(from_on) over (partition by utility_id order by from_on) as to_on
    from days

),

whom as (

    {% for channel in ['walk_in', 'mail', 'drop_box', 'phone', 'online', 'autopay', 'agent', 'assistance'] -%}
        {% set is_last_channel = loop.last -%}
        {% for customer_class in ['residential', 'commercial', 'industrial', 'irrigation', 'municipal'] -%}
            select '{{ channel }}' as channel, '{{ customer_class }}' as customer_class
            {% if not (loop.last and is_last_channel) -%} union all {% endif %}
        {% endfor -%}
    {% endfor %}

),

covered as (

    select
        stretches.utility_id,
        whom.channel,
        whom.customer_class,
        stretches.from_on,
        stretches.to_on,
        in_force.event_id,
        row_number() over (
            partition by stretches.utility_id, whom.channel, whom.customer_class, stretches.from_on
            order by in_force.starts_on, in_force.event_id
        ) as event_rank
    from stretches
    inner join in_force
        on
            stretches.utility_id = in_force.utility_id
            and stretches.from_on >= in_force.starts_on
            and stretches.from_on < in_force.to_on
    cross join whom
    where
        stretches.to_on is not null
        and (in_force.channels is null or {{ names_word('in_force.channels', 'whom.channel') }})
        and (in_force.customer_classes is null or {{ names_word('in_force.customer_classes', 'whom.customer_class') }})

),

-- Of several waivers that hold on one day the oldest is named: it alone would have done it.
named as (

    select
        *,
        count(*) over of_channel as class_count,
        min(event_id) over of_channel as first_event_id,
        max(event_id) over of_channel as last_event_id
    from covered
    where event_rank = 1
    window of_channel as (partition by utility_id, channel, from_on)

),

final as (

    select distinct
        utility_id,
        channel,
        case when class_count < 5 or first_event_id != last_event_id then customer_class end as customer_class,
        from_on,
        to_on,
        event_id
    from named

)

select * from final
