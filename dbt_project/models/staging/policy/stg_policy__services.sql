with source as (

    select * from {{ source('raw', 'policy_services') }}

),

final as (

    select
        utility_id,
        service,
        title as service_title,
        fund,
        sort,
        source,
        is_assumed
    from source

)

select * from final
