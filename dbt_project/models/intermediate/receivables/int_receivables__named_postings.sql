-- Credits that name a bill, and the returns of payments that did: a return turns the credit back.
with postings as (

    select * from {{ ref('int_receivables__postings') }}
    where fits_class is not null

),

final as (

    select
        account_key,
        bill_id,
        fits_class,
        named_service,
        posted_on,
        {{ as_money('-amount_usd') }} as credit_usd
    from postings

)

select * from final
