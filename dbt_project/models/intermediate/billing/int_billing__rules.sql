with utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

rules as (

    select
        utility_id,
        rule_name,
        rule_value,
        effective_from_on,
        coalesce(effective_to_on, {{ end_of_time() }}) as effective_to_on
    from {{ ref('stg_policy__rules') }}
    where rule_name like 'billing.%' or rule_name like 'winter_average.%'

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
        row_number() over (partition by utility_id order by from_on) as stretch_no,
        lead(from_on) over (partition by utility_id order by from_on) as next_from_on
    from days

),

valued as (

    select
        stretches.utility_id,
        stretches.from_on,
        stretches.to_on,
        rules.rule_name,
        rules.rule_value
    from stretches
    left join rules
        on
            stretches.utility_id = rules.utility_id
            and case when stretches.stretch_no = 1 then coalesce(stretches.next_from_on, stretches.from_on) else stretches.from_on end
            between rules.effective_from_on and rules.effective_to_on

),

final as (

    select
        utility_id,
        from_on,
        to_on,
        coalesce(max(case when rule_name = 'billing.months_covered' then rule_value end), 'nearest_whole') as months_covered,
        coalesce(max(case when rule_name = 'billing.prorate_base' then rule_value end), 'true') = 'true' as has_prorated_base,
        coalesce(max(case when rule_name = 'billing.prorate_blocks' then rule_value end), 'true') = 'true' as has_prorated_blocks,
        {% for rule, name, kind, otherwise in [
            ('billing.frequency_months', 'frequency_months', 'integer', '1'),
            ('billing.gallons_per_ccf', 'gallons_per_ccf', 'decimal(9, 4)', '748.05'),
            ('billing.cubic_feet_per_ccf', 'cubic_feet_per_ccf', 'decimal(9, 4)', '100'),
            ('billing.converted_usage_decimals', 'converted_usage_decimals', 'integer', '2'),
            ('winter_average.min_reads', 'winter_min_reads', 'integer', '3'),
            ('winter_average.decimals', 'winter_decimals', 'integer', '2'),
            ('winter_average.applies_from_month', 'winter_applies_from_month', 'integer', '4'),
        ] -%}
            cast(coalesce(max(case when rule_name = '{{ rule }}' then rule_value end), '{{ otherwise }}') as {{ kind }}) as {{ name }},
        {% endfor -%}
        coalesce(max(case when rule_name = 'billing.default_meter_size' then rule_value end), '5/8') as default_meter_size,
        coalesce(max(case when rule_name = 'winter_average.months' then rule_value end), '1,2,3') as winter_months,
        max(case when rule_name = 'winter_average.class_with_average' then rule_value end) as class_with_average,
        max(case when rule_name = 'winter_average.class_without_average' then rule_value end) as class_without_average,
        coalesce(max(case when rule_name = 'winter_average.estimated_reads' then rule_value end), 'counted_and_flagged')
        = 'counted_and_flagged' as has_estimated_winter_reads
    from valued
    group by utility_id, from_on, to_on

)

select * from final
