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

places as (

    select * from {{ ref('int_billing__meter_places') }}

),

years as (

    select * from {{ ref('int_billing__read_years') }}

),

estimates as (

    select * from {{ ref('int_billing__estimates') }}

),

true_ups as (

    select * from {{ ref('int_billing__true_ups') }}

),

gaps as (

    select * from {{ ref('int_billing__read_gaps') }}

),

stuck as (

    select * from {{ ref('int_billing__stuck_reads') }}

),

apart as (

    select * from {{ ref('int_billing__reads_apart') }}

),

flagged as (

    select
        reads.*,
        true_ups.span_days,
        true_ups.estimate_count,
        true_ups.estimated_usage as estimated_usage_before,
        estimates.policy_estimate_usage,
        estimates.policy_estimate_reading,
        gaps.explained_by_event,
        apart.apart_read_id,
        apart.days_apart,
        reads.read_kind != 'estimated' and coalesce(reads.previous_read_kind = 'estimated', false) as is_true_up,
        reads.usage_quantity < 0 as is_negative,
        stuck.read_id is not null as is_stuck,
        coalesce(years.is_outlier, false) as is_outlier,
        apart.read_id is not null as is_days_apart,
        coalesce(reads.days = 0, false) and not reads.is_change_read as is_duplicate,
        coalesce(reads.delivered_usage != reads.computed_usage and reads.delivered_usage != reads.registered_usage, false) as is_usage_differing,
        coalesce(estimates.is_differing, false) as is_estimate_differing,
        places.is_unit_change and reads.read_no = 1 as is_unit_change,
        reads.account_id is null and reads.usage_quantity != 0 as is_without_account,
        coalesce(reads.read_on < reads.installed_on, false) as is_before_install,
        coalesce(reads.read_on > reads.removed_on, false) as is_after_removal
    from reads
    inner join places
        on reads.utility_id = places.utility_id and reads.meter_id = places.meter_id
    {% for relation in ['years', 'estimates', 'true_ups', 'gaps', 'stuck', 'apart'] -%}
        left join {{ relation }}
            on reads.utility_id = {{ relation }}.utility_id and reads.read_id = {{ relation }}.read_id
    {% endfor %}
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
