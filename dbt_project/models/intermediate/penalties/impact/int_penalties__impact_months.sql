{%- set kinds = "('penalty_waiver', 'shutoff_moratorium', 'billing_suspension', 'due_date_extension', 'channel_outage')" -%}
with events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind in {{ kinds }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

months as (

    select
        utilities.utility_id,
        month_ends.month_no,
        month_ends.month_end_on,
        {{ month_number('utilities.first_posted_on') }} as first_month_no
    from utilities
    inner join month_ends
        on
            {{ month_number('utilities.first_posted_on') }} <= month_ends.month_no
            and month_ends.month_end_on <= utilities.as_of_on

),

touched as (

    select
        months.utility_id,
        months.month_no,
        count(events.event_id) as event_count,
        max(
            case
                when events.event_kind != 'penalty_waiver' and {{ month_number('events.ends_on') }} >= months.month_no - 1
                    then 1
                else 0
            end
        ) as has_other_event
    from months
    left join events
        on
            months.utility_id = events.utility_id
            and {{ month_number('events.starts_on') }} <= months.month_no
            and {{ month_number('events.ends_on') }} >= months.month_no - {{ settling_months() }}
    group by months.utility_id, months.month_no

),

-- The waiver of that month, the first of several: it covers the month and the one before whole.
waived as (

    select
        months.utility_id,
        months.month_no,
        min(events.event_no) as event_no
    from months
    inner join events
        on
            months.utility_id = events.utility_id
            and events.event_kind = 'penalty_waiver'
            and {{ month_number(add_days('events.starts_on', '-1')) }} < months.month_no - 1
            and months.month_end_on <= events.ends_on
    group by months.utility_id, months.month_no

),

final as (

    select
        months.utility_id,
        months.month_no,
        months.month_end_on,
        touched.event_count = 0 and months.month_no >= months.first_month_no + {{ settling_months() }} as is_clean,
        events.episode_id is not null as is_waiver_only,
        events.episode_id,
        {{ half_year('months.month_no') }} as half_year
    from months
    inner join touched
        on months.utility_id = touched.utility_id and months.month_no = touched.month_no
    left join waived
        on
            months.utility_id = waived.utility_id
            and months.month_no = waived.month_no
            and touched.has_other_event = 0
    left join events
        on waived.utility_id = events.utility_id and waived.event_no = events.event_no

)

select * from final
