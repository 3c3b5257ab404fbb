with curves as (

    select * from {{ ref('int_penalties__impact_curves') }}
    where net_usd > 0

),

episodes as (

    select
        *,
        {{ month_number('window_from_on') }} as first_month_no,
        {{ month_number('window_to_on') }} as last_month_no
    from {{ ref('int_penalties__impact_episodes') }}

),

clean_months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

-- Between two months there is nothing but clean ones when this count is the same for both and the first is clean.
months as (

    select
        *,
        sum(case when is_clean then 0 else 1 end) over (partition by utility_id order by month_no) as unclean_count
    from clean_months

),

-- Clean from the month of the bills to that of the age: what was paid in an event is not how people pay without one.
usual as (

    select
        curves.utility_id,
        curves.age_days,
        sum(curves.own_money_usd + curves.assistance_usd) as collected_usd,
        sum(curves.net_usd) as net_usd,
        count(*) as month_count
    from curves
    inner join months as billed_months
        on curves.utility_id = billed_months.utility_id and curves.billed_month_no = billed_months.month_no
    inner join months as reached_months
        on curves.utility_id = reached_months.utility_id and {{ month_number('curves.reached_on') }} = reached_months.month_no
    where billed_months.is_clean and billed_months.unclean_count = reached_months.unclean_count
    group by curves.utility_id, curves.age_days

),

final as (

    select
        curves.utility_id,
        episodes.episode_id,
        curves.billed_month_end_on,
        curves.age_days,
        {{ as_money('curves.net_usd') }} as net_billed_usd,
        {{ as_money('curves.own_money_usd') }} as own_money_usd,
        {{ as_money('curves.assistance_usd') }} as assistance_usd,
        {{ percentage('curves.own_money_usd + curves.assistance_usd', 'curves.net_usd') }} as collected_pct,
        {{ percentage('usual.collected_usd', 'usual.net_usd') }} as expected_pct,
        cast(coalesce(usual.month_count, 0) as integer) as clean_month_count,
        curves.billed_month_no >= episodes.first_month_no as is_event_month
    from curves
    inner join episodes
        on
            curves.utility_id = episodes.utility_id
            and curves.billed_month_no >= episodes.first_month_no - 2
            and curves.billed_month_no <= episodes.last_month_no
    left join usual
        on curves.utility_id = usual.utility_id and curves.age_days = usual.age_days

)

select * from final
