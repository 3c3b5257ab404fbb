with final as (

    select
        cast(null as varchar) as utility_id,
        cast(null as varchar) as covered_by,
        cast(null as varchar) as event_id,
        cast(null as varchar) as episode_id
    where false

)

select * from final
