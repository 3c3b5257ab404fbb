with source as (

    select * from {{ source('raw', 'policy_application_order') }}

),

final as (

    select
        utility_id,
        dimension,
        item,
        rank as application_rank,
        source,
        is_assumed
    from source

)

select * from final
