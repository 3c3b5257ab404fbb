-- What comes after the days that an episode is counted to is another's, or chance; what comes before its window is shown on pages, and counts nowhere.
with replicates as (

    select replicates.*
    from {{ ref('int_penalties__impact_replicates') }} as replicates
    inner join {{ ref('int_penalties__impact_terms') }} as terms
        on replicates.utility_id = terms.utility_id and replicates.episode_id = terms.episode_id
    where
        replicates.component = 'penalties'
        or (replicates.component = 'collected_late' and replicates.month_end_on between terms.window_from_on and terms.counted_to_on)

),

never_collected as (

    select * from {{ ref('int_penalties__impact_never_collected') }}

),

disconnect_fees as (

    select * from {{ ref('int_penalties__impact_disconnect_fees') }}

),

final as (

    {% for name in ['replicates', 'never_collected', 'disconnect_fees'] -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            episode_id,
            question,
            component,
            method,
            month_end_on,
            customer_class,
            cast(replicate_no as integer) as replicate_no,
            amount_usd
        from {{ name }}
    {%- endfor %}

)

select * from final
