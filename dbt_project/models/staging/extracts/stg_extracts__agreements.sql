with source as (

    select * from {{ source('raw', 'agreements') }}

),

final as (

    select
        -- ids
        utility_id,
        agreement_id,
        account_id,
        event_id,

        -- codes
        kind as agreement_kind,

        -- money
        amount as agreed_usd,

        -- dates
        signed_on,
        ends_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
