{% set findings = {
    'years': 'int_billing__read_years', 'estimates': 'int_billing__estimates', 'true_ups': 'int_billing__true_ups',
    'gaps': 'int_billing__read_gaps', 'stuck': 'int_billing__stuck_reads', 'apart': 'int_billing__reads_apart'
} -%}

with reads as (

    select * from {{ ref('int_billing__reads') }}

),

places as (

    select * from {{ ref('int_billing__meter_places') }}

),

{% for name, model in findings.items() -%}
    {{ name }} as (

        select * from {{ ref(model) }}

    ),

{% endfor -%}
unit_changes as (

    select
        reads.utility_id,
        reads.read_id
    from reads
    inner join places
        on reads.utility_id = places.utility_id and reads.meter_id = places.meter_id
    where reads.read_no = 1 and places.is_unit_change

),

found as (

    {% for name in findings -%}
        select utility_id, read_id from {{ name }}
        union
    {% endfor -%}
    select utility_id, read_id from unit_changes

),

-- Few reads have any, so that the mart joins once.
final as (

    select
        found.utility_id,
        found.read_id,
        true_ups.span_days,
        true_ups.estimate_count,
        true_ups.estimated_usage as estimated_usage_before,
        estimates.policy_estimate_basis,
        estimates.policy_estimate_usage,
        estimates.policy_estimate_reading,
        gaps.explained_by_event,
        apart.apart_read_id,
        apart.days_apart,
        stuck.read_id is not null as is_stuck,
        coalesce(years.is_outlier, false) as is_outlier,
        apart.read_id is not null as is_days_apart,
        coalesce(estimates.is_differing, false) as is_estimate_differing,
        unit_changes.read_id is not null as is_unit_change
    from found
    {% for name in findings.keys() | list + ['unit_changes'] -%}
        left join {{ name }}
            on found.utility_id = {{ name }}.utility_id and found.read_id = {{ name }}.read_id
    {% endfor %}
)

select * from final
