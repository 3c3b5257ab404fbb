with source as (

    select * from {{ source('raw', 'debt_service') }}

),

final as (

    select
        -- ids
        utility_id,
        issue_id,
        fund,

        -- codes
        lien,

        -- money
        principal as principal_usd,
        interest as interest_usd,

        -- dates
        payment_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
