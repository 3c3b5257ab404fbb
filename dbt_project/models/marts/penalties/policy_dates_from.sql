{{ config(materialized='table_function', parameters=['utility', 'day_from'], contract={'enforced': false}) }}

with rules as (

    select
        rule_name,
        rule_value
    from {{ ref('dim_policy_rules') }}
    where
        utility_id = utility
        and cast(day_from as date) >= effective_from_on
        and cast(day_from as date) <= coalesce(effective_to_on, {{ end_of_time() }})

),

policy as (

    select
        max(cast(day_from as date)) as from_on,
        {% for rule, name in [
            ('billing.due_days', 'due_days'), ('penalty.days', 'penalty_days'), ('disconnect.days_past_due', 'disconnect_days'),
            ('agreements.max_months', 'agreement_months'), ('disputes.received_days_paper', 'received_days'),
            ('disputes.window_days', 'dispute_days')
        ] -%}
            max(case when rule_name = '{{ rule }}' then cast(rule_value as integer) end) as {{ name }},
        {% endfor -%}
        max(case when rule_name = 'disconnect.basis' then rule_value end) as disconnect_basis,
        max(case when rule_name = 'autopay.draft_rolls' then rule_value end) as draft_rolls
    from rules

),

counted as (

    select
        *,
        {{ add_days('from_on', 'due_days') }} as due_on,
        {{ add_days('from_on', 'penalty_days') }} as penalty_on
    from policy

),

-- No run of weekends and holidays is as long as two weeks.
draft_candidates as (

    select
        draft_rolls,
        due_on,
        {{ explode_range('0', '14') }} as days_later
    from counted

),

drafts as (

    select min({{ add_days('draft_candidates.due_on', 'draft_candidates.days_later') }}) as autopay_draft_on
    from draft_candidates
    left join {{ ref('dim_holidays') }} as holidays
        on
            holidays.utility_id = utility
            and holidays.holiday_on = {{ add_days('draft_candidates.due_on', 'draft_candidates.days_later') }}
    where
        draft_candidates.draft_rolls != 'next_business_day'
        or (
            holidays.holiday_on is null
            and not {{ is_weekend(add_days('draft_candidates.due_on', 'draft_candidates.days_later')) }}
        )

)

select
    utility as utility_id,
    counted.from_on,
    counted.due_on,
    counted.penalty_on,
    drafts.autopay_draft_on,
    case counted.disconnect_basis
        when 'bill_date' then {{ add_days('counted.from_on', 'counted.disconnect_days') }}
        else {{ add_days('counted.due_on', 'counted.disconnect_days') }}
    end as disconnect_eligible_on,
    {{ add_months('counted.from_on', 'counted.agreement_months') }} as agreement_latest_end_on,
    {{ add_days('counted.from_on', 'counted.received_days + counted.dispute_days') }} as dispute_deadline_on
from counted
cross join drafts
