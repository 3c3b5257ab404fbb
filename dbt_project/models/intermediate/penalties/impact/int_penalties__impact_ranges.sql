-- Every figure has a range of its own: the replicates are added up first, and ranked then.
with estimates as (

    select * from {{ ref('int_penalties__impact_estimates') }}
    where replicate_no > 0

),

shares as (

    select * from {{ ref('int_penalties__impact_splits') }}

),

counted as (

    select * from {{ ref('int_penalties__impact_counted') }}

),

parts as (

    {% for name in ['prior_arrears', 'covered_by'] -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            episode_id,
            question,
            component,
            month_end_on,
            customer_class,
            '{{ name }}' as dimension,
            {{ name }} as part,
            cast(cast(sum(weight_no) as decimal(18, 2)) / max(weight_total_no) as decimal(11, 10)) as share
        from shares
        group by utility_id, episode_id, question, component, month_end_on, customer_class, {{ name }}
    {%- endfor %}

),

placed as (

    select
        estimates.*,
        counted.fiscal_year,
        counted.is_in_total,
        counted.is_in_fiscal_year
    from estimates
    inner join counted
        on
            estimates.utility_id = counted.utility_id
            and estimates.episode_id = counted.episode_id
            and estimates.question = counted.question
            and estimates.component = counted.component
            and estimates.method = counted.method
            and estimates.month_end_on = counted.month_end_on

),

broken_down as (

    {% for dimension, value in impact_dimensions().items() if dimension not in ['prior_arrears', 'covered_by'] -%}
        select
            utility_id,
            episode_id,
            question,
            component,
            method,
            '{{ dimension }}' as dimension,
            {{ value }} as dimension_value,
            replicate_no,
            sum(case when {{ impact_counts(dimension) }} then amount_usd else 0 end) as amount_usd,
            sum({{ impact_dollar_days('amount_usd') }}) as dollar_days_usd
        from placed
        group by utility_id, episode_id, question, component, method, {{ value if dimension != 'total' else "'total'" }}, replicate_no
        union all
    {% endfor -%}
    select
        placed.utility_id,
        placed.episode_id,
        placed.question,
        placed.component,
        placed.method,
        parts.dimension,
        parts.part as dimension_value,
        placed.replicate_no,
        sum(case when placed.is_in_total then {{ times('placed.amount_usd', 'parts.share') }} else 0 end) as amount_usd,
        cast(0 as decimal(38, 2)) as dollar_days_usd
    from placed
    inner join parts
        on
            placed.utility_id = parts.utility_id
            and placed.episode_id = parts.episode_id
            and placed.question = parts.question
            and placed.component = parts.component
            and placed.month_end_on = parts.month_end_on
            and placed.customer_class = parts.customer_class
    group by
        placed.utility_id, placed.episode_id, placed.question, placed.component, placed.method, parts.dimension, parts.part, placed.replicate_no

),

ranked as (

    select
        *,
        row_number() over (figures order by amount_usd, replicate_no) as rank_no,
        row_number() over (figures order by dollar_days_usd, replicate_no) as days_rank_no,
        count(*) over figures as replicate_count
    from broken_down
    window figures as (partition by utility_id, episode_id, question, component, method, dimension, dimension_value)

),

final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        method,
        dimension,
        dimension_value,
        {{ as_money(impact_low('amount_usd', 'rank_no')) }} as low_usd,
        {{ as_money(impact_high('amount_usd', 'rank_no')) }} as high_usd,
        {{ as_money(impact_low('dollar_days_usd', 'days_rank_no')) }} as low_dollar_days_usd,
        {{ as_money(impact_high('dollar_days_usd', 'days_rank_no')) }} as high_dollar_days_usd,
        cast(max(replicate_count) as integer) as replicate_count
    from ranked
    group by utility_id, episode_id, question, component, method, dimension, dimension_value

)

select * from final
