with holds as (

    select * from {{ ref('stg_extracts__holds') }}

),

final as (

    select
        utility_id,
        account_id,
        hold_id,
        hold_kind,
        starts_on,
        ends_on
    from holds

)

select * from final
