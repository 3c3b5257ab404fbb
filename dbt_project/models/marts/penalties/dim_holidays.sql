with holidays as (

    select * from {{ ref('stg_policy__holidays') }}

),

final as (

    select
        utility_id,
        holiday_on,
        holiday_title,
        is_assumed
    from holidays

)

select * from final
