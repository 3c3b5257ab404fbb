with source as (

    select * from {{ source('raw', 'rejects') }}

),

final as (

    select
        load_id as _load_id,
        utility_id,
        entity,
        source_file,
        line_number as _line_number,
        column_name,
        reason,
        taken_up_by_load_id
    from source

)

select * from final
