with valued as (

    {{ rule_stretches(['billing.', 'winter_average.']) }}

),

final as (

    select
        utility_id,
        from_on,
        to_on,
        {{ rule_value('billing.months_covered', otherwise='nearest_whole') }} as months_covered,
        {{ rule_value('billing.prorate_base', otherwise='true') }} = 'true' as has_prorated_base,
        {{ rule_value('billing.prorate_blocks', otherwise='true') }} = 'true' as has_prorated_blocks,
        {% for rule, name, kind, otherwise in [
            ('billing.frequency_months', 'frequency_months', 'integer', '1'),
            ('billing.gallons_per_ccf', 'gallons_per_ccf', 'decimal(9, 4)', '748.05'),
            ('billing.cubic_feet_per_ccf', 'cubic_feet_per_ccf', 'decimal(9, 4)', '100'),
            ('billing.converted_usage_decimals', 'converted_usage_decimals', 'integer', '2'),
            ('winter_average.min_reads', 'winter_min_reads', 'integer', '3'),
            ('winter_average.decimals', 'winter_decimals', 'integer', '2'),
            ('winter_average.applies_from_month', 'winter_applies_from_month', 'integer', '4'),
        ] -%}
            {{ rule_value(rule, kind, otherwise) }} as {{ name }},
        {% endfor -%}
        {{ rule_value('billing.default_meter_size', otherwise='5/8') }} as default_meter_size,
        {{ rule_value('winter_average.months', otherwise='1,2,3') }} as winter_months,
        {{ rule_value('winter_average.class_with_average') }} as class_with_average,
        {{ rule_value('winter_average.class_without_average') }} as class_without_average,
        {{ rule_value('winter_average.estimated_reads', otherwise='counted_and_flagged') }}
        = 'counted_and_flagged' as has_estimated_winter_reads
    from valued
    group by utility_id, from_on, to_on

)

select * from final
