with tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}
    where component_kind in ('blocks', 'seasonal_blocks')

),

ranked as (

    select
        utility_id,
        service,
        unit,
        row_number() over (partition by utility_id, service order by effective_from_on desc, unit) as place
    from tariffs

),

final as (

    select
        utility_id,
        service,
        unit
    from ranked
    where place = 1

)

select * from final
