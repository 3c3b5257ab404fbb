-- A waiver is extended as it stands last: whom and what it covers on its last day.
with events as (

    select
        *,
        case event_kind when 'penalty_waiver' then 'penalties' else 'card_fees' end as component
    from {{ ref('int_penalties__impact_events') }}
    where event_kind in ('penalty_waiver', 'fee_waiver') and episode_id is not null

),

ranked as (

    select
        *,
        max(case when is_open then 1 else 0 end) over of_component as open_no,
        max(ends_on) over of_component as last_on,
        sum(case when is_open then 1 else 0 end) over (partition by utility_id, component)
        - sum(case when is_open then 1 else 0 end) over of_component as open_elsewhere_count
    from events
    window of_component as (partition by utility_id, episode_id, component)

),

final as (

    select
        utility_id,
        episode_id,
        component,
        event_id,
        services,
        customer_classes,
        channels,
        {{ add_days('last_on', '1') }} as from_on,
        is_open,
        open_elsewhere_count > 0 as is_also_waived,
        as_of_on
    from ranked
    where (open_no = 1 and is_open) or (open_no = 0 and ends_on = last_on)

)

select * from final
