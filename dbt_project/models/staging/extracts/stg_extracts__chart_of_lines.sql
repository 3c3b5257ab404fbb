with source as (

    select * from {{ source('raw', 'chart_of_lines') }}

),

final as (

    select
        -- ids
        utility_id,
        line,

        -- codes and texts
        title,
        category,
        gl_account,

        -- numbers and switches
        pledged as is_pledged,
        sort,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
