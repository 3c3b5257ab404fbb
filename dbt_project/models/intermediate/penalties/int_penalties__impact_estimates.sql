with replicates as (

    select * from {{ ref('int_penalties__impact_replicates') }}
    where component in ('penalties', 'collected_late')

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
