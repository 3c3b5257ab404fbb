{{ config(materialized='view') }}

{% set flags = [
    ('rollover', 'is_rollover'), ('true_up', 'is_true_up'), ('negative', 'is_negative'), ('falling', 'is_falling'), ('gap', 'is_gap'),
    ('read_missing', 'is_read_missing'), ('stuck', 'is_stuck'), ('outlier', 'is_outlier'), ('days_apart', 'is_days_apart'),
    ('duplicate', 'is_duplicate'), ('usage_differs', 'is_usage_differing'), ('estimate_differs', 'is_estimate_differing'),
    ('unit_changes', 'is_unit_change'), ('no_account', 'is_without_account'), ('before_install', 'is_before_install'),
    ('after_removal', 'is_after_removal'), ('unknown', 'is_unknown')
] -%}

with reads as (

    select * from {{ ref('int_billing__reads') }}

),

findings as (

    select * from {{ ref('int_billing__read_findings') }}

),

flagged as (

    select
        reads.*,
        {% for column in [
            'span_days', 'estimate_count', 'estimated_usage_before', 'policy_estimate_basis', 'policy_estimate_usage', 'policy_estimate_reading',
            'explained_by_event', 'apart_read_id', 'days_apart'
        ] -%}
            findings.{{ column }},
        {% endfor -%}
        {% for column in ['is_stuck', 'is_outlier', 'is_days_apart', 'is_estimate_differing', 'is_unit_change'] -%}
            coalesce(findings.{{ column }}, false) as {{ column }},
        {% endfor -%}
        reads.read_kind != 'estimated' and coalesce(reads.previous_read_kind = 'estimated', false) as is_true_up,
        reads.usage_quantity < 0 as is_negative,
        coalesce(reads.days = 0, false) and not reads.is_change_read as is_duplicate,
        coalesce(reads.delivered_usage != reads.computed_usage and reads.delivered_usage != reads.registered_usage, false) as is_usage_differing,
        reads.account_id is null and reads.usage_quantity != 0 as is_without_account,
        coalesce(reads.read_on < reads.installed_on, false) as is_before_install,
        coalesce(reads.read_on > reads.removed_on, false) as is_after_removal
    from reads
    left join findings
        on reads.utility_id = findings.utility_id and reads.read_id = findings.read_id

),

final as (

    select
        utility_id,
        read_id,
        meter_id,
        service,
        premise_id,
        account_id,
        billing_group,
        meter_size,
        unit,
        dials,
        multiplier,
        read_on,
        previous_read_on,
        days,
        read_kind,
        estimate_reason,
        reading,
        previous_reading,
        delivered_usage,
        computed_usage,
        usage_quantity,
        held_quantity,
        policy_estimate_basis,
        policy_estimate_usage,
        policy_estimate_reading,
        span_days,
        span_usage,
        estimate_count,
        estimated_usage_before,
        explained_by_event,
        apart_read_id,
        days_apart,
        is_change_read,
        is_suspect,
        {% for word, column in flags -%}
            {{ column }},
        {% endfor -%}
        concat_ws(
            ',',
            {% for word, column in flags -%}
                case when {{ column }} then '{{ word }}' end{{ ',' if not loop.last }}
            {% endfor -%}
        ) as flags,
        _load_id,
        _line_number
    from flagged

)

select * from final
