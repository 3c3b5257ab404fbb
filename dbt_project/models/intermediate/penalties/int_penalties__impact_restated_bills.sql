with final as (

    select
        cast(null as integer) as account_key,
        cast(null as varchar) as bill_id,
        1 as part_no,
        cast(null as date) as restated_on,
        cast(null as date) as issued_on,
        cast(0 as decimal(18,2)) as amount_usd,
        cast(0 as decimal(18,2)) as net_usd
    where false

)

select * from final
