with source as (

    select * from {{ source('raw', 'policy_households') }}

),

final as (

    select
        utility_id,
        measure as fact_name,
        year as fact_year,
        value as fact_value,
        note,
        source,
        is_assumed
    from source

)

select * from final
