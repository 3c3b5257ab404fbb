{%- set kinds = {
    'billing_suspension': 'is_billing_suspended',
    'penalty_waiver': 'has_penalty_waiver',
    'shutoff_moratorium': 'has_shutoff_moratorium',
    'channel_outage': 'has_channel_outage',
} -%}
{%- set skewed_months = 6 -%}
with events as (

    select * from {{ ref('int_quality__events_in_force') }}
    where event_kind in ('billing_suspension', 'penalty_waiver', 'shutoff_moratorium', 'channel_outage')

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

-- An event without an end lasts until the as-of date at least. After a suspension of billing the hole that
-- it left passes through the ages, which takes six months to the oldest.
event_months as (

    select
        events.utility_id,
        events.event_kind,
        {{ month_number('events.starts_on') }} as first_month_no,
        {{ month_number('coalesce(events.ends_on, utilities.as_of_on)') }} as last_month_no
    from events
    inner join utilities
        on events.utility_id = utilities.utility_id

),

final as (

    select
        utilities.utility_id,
        month_ends.month_no,
        month_ends.month_end_on,
        {% for kind, column in kinds.items() -%}
            coalesce(max(
                case when event_months.event_kind = '{{ kind }}' and month_ends.month_no <= event_months.last_month_no then 1 end
            ), 0) = 1 as {{ column }},
        {% endfor -%}
        coalesce(max(case when month_ends.month_no <= event_months.last_month_no then 1 end), 0) = 1 as has_event,
        coalesce(max(
            case when event_months.event_kind = 'billing_suspension' and month_ends.month_no > event_months.last_month_no then 1 end
        ), 0) = 1 as is_skewed
    from utilities
    inner join month_ends
        on
            {{ month_number('utilities.first_posted_on') }} <= month_ends.month_no
            and {{ month_number('utilities.as_of_on') }} >= month_ends.month_no
    left join event_months
        on
            utilities.utility_id = event_months.utility_id
            and month_ends.month_no >= event_months.first_month_no
            and month_ends.month_no <= event_months.last_month_no
            + case when event_months.event_kind = 'billing_suspension' then {{ skewed_months }} else 0 end
    group by utilities.utility_id, month_ends.month_no, month_ends.month_end_on

)

select * from final
