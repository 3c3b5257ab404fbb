with source as (

    select * from {{ source('raw', 'source_accounts') }}

),

final as (

    select
        -- ids
        utility_id,
        source_account_id,
        account_id,
        premise_id,

        -- texts
        service_address,

        -- dates
        activated_on,
        ended_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
