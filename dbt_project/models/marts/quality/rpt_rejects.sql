with rejects as (

    select * from {{ ref('stg_deliveries__rejects') }}

),

final as (

    select
        utility_id,
        entity,
        column_name,
        reason,
        count(*) as rejected_count,
        min(source_file) as first_source_file,
        min(_line_number) as first_line_number
    from rejects
    where taken_up_by_load_id is null
    group by utility_id, entity, column_name, reason

)

select * from final
