with source as (

    select * from {{ source('raw', 'disputes') }}

),

final as (

    select
        -- ids
        utility_id,
        dispute_id,
        account_id,
        bill_id,

        -- codes
        level as dispute_level,
        outcome,

        -- money
        amount as disputed_usd,

        -- dates
        filed_on,
        decided_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
