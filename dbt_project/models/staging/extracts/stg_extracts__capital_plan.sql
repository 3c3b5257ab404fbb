with source as (

    select * from {{ source('raw', 'capital_plan') }}

),

final as (

    select
        -- ids
        utility_id,
        project_id,
        fund,
        fiscal_year,

        -- codes and texts
        title,
        funding,

        -- money
        amount as amount_usd,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
