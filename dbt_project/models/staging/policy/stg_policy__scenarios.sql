with source as (

    select * from {{ source('raw', 'policy_scenarios') }}

),

final as (

    select
        utility_id,
        scenario,
        title,
        based_on,
        sort
    from source

)

select * from final
