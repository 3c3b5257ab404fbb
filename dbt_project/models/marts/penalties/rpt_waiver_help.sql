with helped as (

    select * from {{ ref('fct_waiver_help') }}

),

final as (

    select
        utility_id,
        episode_id,
        help_group,
        customer_class,
        cast(count(*) as integer) as account_count,
        {{ sum_money('penalties_usd') }} as penalties_usd,
        {{ sum_money('window_end_open_usd') }} as window_end_open_usd,
        {{ sum_money('open_usd') }} as open_usd,
        {{ sum_money('window_end_past_due_usd') }} as window_end_past_due_usd,
        {{ sum_money('past_due_usd') }} as past_due_usd,
        cast(sum(case when window_end_past_due_usd > 0 then 1 else 0 end) as integer) as window_end_past_due_count,
        cast(sum(case when past_due_usd > 0 then 1 else 0 end) as integer) as past_due_count
    from helped
    group by utility_id, episode_id, help_group, customer_class

)

select * from final
