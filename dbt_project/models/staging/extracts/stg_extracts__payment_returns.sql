with source as (

    select * from {{ source('raw', 'payment_returns') }}

),

final as (

    select
        -- ids
        utility_id,
        return_id,
        payment_id,

        -- codes
        kind as return_kind,
        reason_code,

        -- money
        amount as amount_usd,

        -- dates
        returned_on,
        coalesce(posted_on, returned_on) as posted_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
