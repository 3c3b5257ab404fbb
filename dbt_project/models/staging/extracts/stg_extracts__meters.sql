with source as (

    select * from {{ source('raw', 'meters') }}

),

final as (

    select
        -- ids
        utility_id,
        meter_id,
        account_id,
        premise_id,

        -- codes
        service,
        meter_size,
        unit,

        -- quantities
        dials,
        multiplier,

        -- dates
        installed_on,
        removed_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
