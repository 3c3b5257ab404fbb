with utilities as (

    select distinct utility_id from {{ ref('stg_extracts__meters') }}

),

rules as (

    select
        utility_id,
        rule_name,
        rule_value,
        effective_from_on,
        coalesce(effective_to_on, {{ end_of_time() }}) as effective_to_on
    from {{ ref('stg_policy__rules') }}
    where rule_name like 'estimates.%' or rule_name like 'reads.%'

),

-- The first value also holds for the days before it was adopted.
days as (

    select
        utility_id,
        effective_from_on as from_on
    from rules
    union
    select
        utility_id,
        {{ beginning_of_time() }} as from_on
    from utilities

),

stretches as (

    select
        utility_id,
        from_on,
        coalesce(lead(from_on) over (partition by utility_id order by from_on), {{ end_of_time() }}) as to_on,
        case
            when row_number() over (partition by utility_id order by from_on) = 1
                then coalesce(lead(from_on) over (partition by utility_id order by from_on), from_on)
            else from_on
        end as valued_on
    from days

),

final as (

    select
        stretches.utility_id,
        stretches.from_on,
        stretches.to_on,
        coalesce(max(case when rules.rule_name = 'estimates.negative_true_up' then rules.rule_value end), 'credit')
        = 'hold_at_zero' as is_held_at_zero,
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
            cast(coalesce(max(case when rules.rule_name = '{{ rule }}' then rules.rule_value end), '{{ otherwise }}') as {{ kind }}) as {{ name }},
        {% endfor -%}
        max(case when rules.rule_name = 'reads.same_day_services' then rules.rule_value end) as same_day_services
    from stretches
    left join rules
        on
            stretches.utility_id = rules.utility_id
            and stretches.valued_on between rules.effective_from_on and rules.effective_to_on
    group by stretches.utility_id, stretches.from_on, stretches.to_on

)

select * from final
