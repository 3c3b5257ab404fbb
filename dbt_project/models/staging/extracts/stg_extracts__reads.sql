with source as (

    select * from {{ source('raw', 'reads') }}

),

final as (

    select
        -- ids
        utility_id,
        read_id,
        meter_id,

        -- codes
        read_kind,
        estimate_reason,
        billing_group,

        -- quantities
        reading,
        usage as delivered_usage,

        -- dates
        read_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
