with source as (

    select * from {{ source('raw', 'payments') }}

),

final as (

    select
        -- ids
        utility_id,
        payment_id,
        account_id,
        bill_id,
        trace,

        -- codes
        channel,
        tender,
        card_brand,
        fund_source,

        -- money
        amount as amount_usd,
        customer_fee as customer_fee_usd,
        processor_fee as processor_fee_usd,

        -- dates
        received_on,
        posted_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
