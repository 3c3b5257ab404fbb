with source as (

    select * from {{ source('raw', 'policy_holidays') }}

),

final as (

    select
        utility_id,
        holiday_on,
        title as holiday_title,
        source,
        is_assumed
    from source

)

select * from final
