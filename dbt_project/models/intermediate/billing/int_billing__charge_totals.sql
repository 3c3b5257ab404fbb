with charges as (

    select * from {{ ref('stg_extracts__charges') }}

),

final as (

    select
        utility_id,
        bill_id,
        {% for service in services() -%}
            {{ sum_money("case when service = '" ~ service ~ "' then amount_usd end") }} as {{ service }}_usd,
        {% endfor -%}
        {% for service in services() -%}
            {{ sum_money("case when service = '" ~ service ~ "' and is_revenue then amount_usd end") }} as {{ service }}_revenue_usd,
        {% endfor -%}
        {{ sum_money('amount_usd') }} as amount_usd,
        {{ sum_money('case when is_revenue then amount_usd end') }} as revenue_usd,
        cast(count(*) as integer) as charge_count
    from charges
    group by utility_id, bill_id

)

select * from final
