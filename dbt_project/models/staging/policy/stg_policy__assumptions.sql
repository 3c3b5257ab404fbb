with source as (

    select * from {{ source('raw', 'policy_assumptions') }}

),

final as (

    select
        -- ids
        utility_id,
        scenario,
        -- the table names an assumption with its fund before it: sewer.growth_percent
        substr(name, 1, position('.' in name) - 1) as fund,
        fiscal_year,
        substr(name, position('.' in name) + 1) as assumption_name,

        -- numbers
        cast(value as decimal(18, 6)) as assumption_value,

        -- where it comes from
        owner,
        assumed_on,
        source,
        is_assumed,
        note
    from source

)

select * from final
