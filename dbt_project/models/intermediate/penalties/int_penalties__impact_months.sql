with final as (

    select
        cast(null as varchar) as utility_id,
        cast(null as integer) as month_no,
        cast(null as date) as month_end_on,
        false as is_clean,
        false as is_waiver_only,
        cast(null as varchar) as episode_id
    where false

)

select * from final
