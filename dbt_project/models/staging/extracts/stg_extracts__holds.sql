with source as (

    select * from {{ source('raw', 'holds') }}

),

final as (

    select
        -- ids
        utility_id,
        hold_id,
        account_id,

        -- codes
        kind as hold_kind,

        -- dates
        starts_on,
        ends_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
