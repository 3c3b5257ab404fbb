{%- set days = [10, 30, 60, 90, 120, 180] -%}
with collected as (

    select * from {{ ref('int_receivables__collected') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

event_months as (

    select * from {{ ref('int_receivables__event_months') }}

),

-- The last due date and penalty date of a month's bills: before them its shares are not whole.
due_dates as (

    select
        utility_id,
        {{ month_number('billed_on') }} as month_no,
        max(due_on) as due_on,
        max(penalty_on) as penalty_on
    from {{ ref('int_receivables__due_dates') }}
    group by utility_id, {{ month_number('billed_on') }}

),

summed as (

    select
        utility_id,
        customer_class,
        billed_month_no,
        {{ sum_money("case when means = 'billed' then amount_usd end") }} as billed_usd,
        {{ sum_money("case when means = 'billed' then amount_usd when means in ('cancelled', 'credit', 'transferred') then -amount_usd end") }} as collectible_usd,
        {% for limit in days -%}
            {{ sum_money("case when means in ('own_money', 'assistance') and age_days <= " ~ limit ~ " then amount_usd end") }} as by_{{ limit }}_days_usd,
        {% endfor -%}
        {% for limit in ['due_date', 'penalty_date'] -%}
            {{ sum_money("case when means in ('own_money', 'assistance') and is_by_" ~ limit ~ " then amount_usd end") }} as by_{{ limit }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from collected
    group by utility_id, customer_class, billed_month_no

),

final as (

    select
        summed.utility_id,
        event_months.month_end_on as billed_month_end_on,
        summed.customer_class,
        summed.billed_usd,
        summed.collectible_usd,
        {% for limit in days -%}
            case
                when {{ add_days('event_months.month_end_on', limit) }} <= utilities.as_of_on
                    then {{ percentage('summed.by_' ~ limit ~ '_days_usd', 'summed.collectible_usd') }}
            end as by_{{ limit }}_days_pct,
        {% endfor -%}
        {% for limit in ['due', 'penalty'] -%}
            case
                when due_dates.{{ limit }}_on <= utilities.as_of_on
                    then {{ percentage('summed.by_' ~ limit ~ '_date_usd', 'summed.collectible_usd') }}
            end as by_{{ limit }}_date_pct,
        {% endfor -%}
        event_months.is_billing_suspended,
        event_months.has_event or coalesce(next_months.has_event, false) as has_event
    from summed
    inner join utilities
        on summed.utility_id = utilities.utility_id
    inner join event_months
        on summed.utility_id = event_months.utility_id and summed.billed_month_no = event_months.month_no
    left join event_months as next_months
        on summed.utility_id = next_months.utility_id and summed.billed_month_no + 1 = next_months.month_no
    left join due_dates
        on summed.utility_id = due_dates.utility_id and summed.billed_month_no = due_dates.month_no

)

select * from final
