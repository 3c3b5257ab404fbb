with source as (

    select * from {{ source('raw', 'deposits') }}

),

final as (

    select
        -- ids
        utility_id,
        deposit_id,
        account_id,

        -- codes
        kind as deposit_kind,

        -- money
        amount as amount_usd,

        -- dates
        posted_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
