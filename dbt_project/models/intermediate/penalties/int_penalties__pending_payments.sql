with payments as (

    select * from {{ ref('stg_extracts__payments') }}
    where received_on < posted_on

),

final as (

    select
        utility_id,
        account_id,
        payment_id,
        received_on,
        posted_on,
        amount_usd
    from payments

)

select * from final
