with impact as (

    select * from {{ ref('rpt_waiver_impact') }}

),

ranges as (

    select * from {{ ref('int_penalties__impact_ranges') }}

),

terms as (

    select * from {{ ref('int_penalties__impact_terms') }}

),

collected_shares as (

    select * from {{ ref('int_penalties__impact_collected_shares') }}

),

broken_down as (

    {% for dimension, value in impact_dimensions().items() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            episode_id,
            question,
            component,
            method,
            '{{ dimension }}' as dimension,
            {{ value }} as dimension_value,
            max(nature) as nature,
            max(component_no) as component_no,
            max(case when {{ impact_counts(dimension) }} then month_end_on end) as last_month_end_on,
            {{ sum_money('case when ' ~ impact_counts(dimension) ~ ' then central_usd end') }} as central_usd,
            cast(sum(case when {{ impact_counts(dimension) }} then collected_usd end) as decimal(18, 2)) as collected_usd,
            {{ sum_money('case when is_own and ' ~ impact_counts(dimension) ~ ' then central_usd end') }} as own_usd,
            cast(sum(case when {{ impact_counts(dimension) }} then case when is_own then collected_usd else 0 * collected_usd end end) as decimal(18, 2)) as own_collected_usd,
            {{ sum_money('dollar_days_usd') }} as dollar_days_usd
        from impact
        group by utility_id, episode_id, question, component, method, {{ value }}
    {%- endfor %}

),

final as (

    select
        broken_down.utility_id,
        broken_down.episode_id,
        broken_down.question,
        broken_down.component,
        broken_down.method,
        broken_down.dimension,
        broken_down.dimension_value,
        broken_down.nature,
        broken_down.component_no,
        case when broken_down.component in {{ impact_names('is_level') }} then broken_down.last_month_end_on end as at_on,
        case when ranges.low_usd is not null then least(ranges.low_usd, broken_down.central_usd) end as low_usd,
        broken_down.central_usd,
        case when ranges.high_usd is not null then greatest(ranges.high_usd, broken_down.central_usd) end as high_usd,
        {{ impact_collected_bound('ranges.low_usd', 'least') }} as collected_low_usd,
        broken_down.collected_usd,
        {{ impact_collected_bound('ranges.high_usd', 'greatest') }} as collected_high_usd,
        broken_down.own_usd,
        broken_down.own_collected_usd,
        broken_down.dollar_days_usd,
        {{ impact_carrying_cost('broken_down.dollar_days_usd', 'terms.carrying_rate_pct') }} as carrying_cost_usd,
        terms.carrying_rate_pct,
        case
            when broken_down.component in {{ impact_names('best_as_applied') }} then broken_down.method = 'rules_applied'
            else broken_down.method = 'cohort_curves'
        end as is_best
    from broken_down
    inner join terms
        on broken_down.utility_id = terms.utility_id and broken_down.episode_id = terms.episode_id
    left join collected_shares
        on broken_down.utility_id = collected_shares.utility_id
    left join ranges
        on
            broken_down.utility_id = ranges.utility_id
            and broken_down.episode_id = ranges.episode_id
            and broken_down.question = ranges.question
            and broken_down.component = ranges.component
            and broken_down.method = ranges.method
            and broken_down.dimension = ranges.dimension
            and broken_down.dimension_value = ranges.dimension_value

)

select * from final
