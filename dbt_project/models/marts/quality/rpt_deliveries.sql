with loads as (

    select * from {{ ref('stg_deliveries__loads') }}

),

final as (

    select
        utility_id,
        _load_id,
        entity,
        source_file,
        sha256,
        origin,
        load_status,
        message,
        delivered_on,
        loaded_at,
        received_count,
        loaded_count,
        unchanged_count,
        restated_count,
        rejected_count,
        masked_count,
        unknown_columns
    from loads

)

select * from final
