with charges as (

    select * from {{ ref('stg_extracts__charges') }}

),

final as (

    select
        utility_id,
        bill_id,
        service,
        {{ sum_money('amount_usd') }} as amount_usd,
        {{ sum_money('case when is_revenue then amount_usd end') }} as revenue_usd,
        count(*) as charge_count
    from charges
    group by utility_id, bill_id, service

)

select * from final
