with events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where episode_id is not null and has_begun

),

{% set is_waiver = "event_kind in ('penalty_waiver', 'fee_waiver')" -%}
{% set is_penalty_waiver = "event_kind = 'penalty_waiver'" -%}
{% set is_outage = "event_kind not in ('penalty_waiver', 'fee_waiver', 'one_time_credit')" -%}

-- Who pays the processor moves no bill and no payment: a waiver of fees widens no window that has anything else.
bounds as (

    select
        utility_id,
        episode_id,
        max(episode_title) as episode_title,
        max(as_of_on) as as_of_on,
        cast(count(*) as integer) as event_count,
        max(case when is_open then 1 else 0 end) = 1 as is_open,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on,
        {% for name, condition in {'waiver': is_waiver, 'penalty_waiver': is_penalty_waiver, 'outage': is_outage}.items() -%}
            min(case when {{ condition }} then starts_on end) as {{ name }}_from_on,
            max(case when {{ condition }} then ends_on end) as {{ name }}_to_on,
            max(case when {{ condition }} and is_open then 1 else 0 end) = 1 as is_{{ name }}_open,
        {% endfor -%}
        coalesce(min(case when event_kind != 'fee_waiver' then starts_on end), min(starts_on)) as moved_from_on,
        coalesce(max(case when event_kind != 'fee_waiver' then ends_on end), max(ends_on)) as moved_to_on,
        max(case when is_assumed then 1 else 0 end) = 1 as is_assumed
    from events
    group by utility_id, episode_id

),

final as (

    select
        utility_id,
        episode_id,
        episode_title,
        starts_on,
        case when not is_open then ends_on end as ends_on,
        {% for name in ['waiver', 'penalty_waiver', 'outage'] -%}
            {{ name }}_from_on,
            case when not is_{{ name }}_open then {{ name }}_to_on end as {{ name }}_to_on,
        {% endfor -%}
        cast(date_trunc('month', moved_from_on) as date) as window_from_on,
        least(last_day(moved_to_on), as_of_on) as window_to_on,
        event_count,
        cast(row_number() over (partition by utility_id order by starts_on, episode_id) as integer) as episode_no,
        is_open,
        is_assumed
    from bounds

)

select * from final
