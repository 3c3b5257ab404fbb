with final as (

    select
        cast(null as varchar) as utility_id,
        cast(null as integer) as account_key,
        cast(null as varchar) as component,
        cast(null as date) as month_end_on,
        cast(null as varchar) as covered_by,
        cast(null as varchar) as customer_class,
        cast(0 as decimal(18,2)) as amount_usd,
        cast(0 as decimal(18,2)) as dollar_days_usd
    where false

)

select * from final
