with utilities as (

    select distinct utility_id from {{ ref('stg_extracts__meters') }}

),

valued as (

    {{ rule_stretches(['estimates.', 'reads.'], 'utilities') }}

),

final as (

    select
        utility_id,
        from_on,
        to_on,
        {{ rule_value('estimates.negative_true_up', otherwise='credit') }} = 'hold_at_zero' as is_held_at_zero,
        {% for rule, name, kind, otherwise in [
            ('estimates.months', 'estimate_months', 'integer', '12'),
            ('estimates.min_months', 'estimate_min_months', 'integer', '3'),
            ('estimates.tolerance_percent', 'estimate_tolerance_pct', 'decimal(9, 4)', '25'),
            ('reads.max_gap_days', 'max_gap_days', 'integer', '45'),
            ('reads.outlier_times', 'outlier_times', 'decimal(9, 4)', '5'),
            ('reads.outlier_least_steps', 'outlier_least_steps', 'integer', '10'),
            ('reads.stuck_reads', 'stuck_reads', 'integer', '2'),
            ('reads.stuck_least_steps', 'stuck_least_steps', 'integer', '3'),
            ('reads.days_apart_within', 'days_apart_within', 'integer', '7'),
        ] -%}
            {{ rule_value(rule, kind, otherwise) }} as {{ name }},
        {% endfor -%}
        {{ rule_value('reads.same_day_services') }} as same_day_services
    from valued
    group by utility_id, from_on, to_on

)

select * from final
