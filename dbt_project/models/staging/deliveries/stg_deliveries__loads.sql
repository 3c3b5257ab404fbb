with source as (

    select * from {{ source('raw', 'loads') }}

),

final as (

    select
        -- ids
        load_id as _load_id,
        utility_id,

        -- codes and texts
        entity,
        source_file,
        sha256,
        origin,
        status as load_status,
        message,
        unknown_columns,

        -- counts
        received as received_count,
        loaded as loaded_count,
        unchanged as unchanged_count,
        restated as restated_count,
        rejected as rejected_count,
        masked as masked_count,

        -- dates and times
        delivered_on,
        loaded_at
    from source

)

select * from final
