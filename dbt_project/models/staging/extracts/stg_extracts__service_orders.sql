with source as (

    select * from {{ source('raw', 'service_orders') }}

),

final as (

    select
        -- ids
        utility_id,
        order_id,
        account_id,

        -- codes
        kind as order_kind,
        recipient,

        -- money
        amount_due as printed_amount_due_usd,

        -- dates
        ordered_on,
        effective_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
