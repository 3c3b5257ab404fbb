with accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

final as (

    select
        utility_id,
        account_id,
        owner_id,
        occupancy,
        has_phone
    from accounts

)

select * from final
