with final as (

    select
        cast(null as varchar) as utility_id,
        cast(null as varchar) as episode_id,
        cast(null as varchar) as question,
        cast(null as varchar) as component,
        cast(null as varchar) as method,
        cast(null as date) as month_end_on,
        cast(null as varchar) as customer_class,
        0 as replicate_no,
        cast(0 as decimal(18,2)) as amount_usd
    where false

)

select * from final
