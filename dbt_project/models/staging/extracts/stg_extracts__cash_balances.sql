with source as (

    select * from {{ source('raw', 'cash_balances') }}

),

final as (

    select
        -- ids
        utility_id,
        fund,

        -- money
        unrestricted as unrestricted_usd,
        restricted as restricted_usd,

        -- dates
        as_of as as_of_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
