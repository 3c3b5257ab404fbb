{%- set months_after = 18 -%}
{%- set least_months_back = 2 -%}
with expected as (

    select * from {{ ref('int_penalties__impact_expected_open') }}

),

monthly as (

    select * from {{ ref('rpt_collections_monthly') }}

),

episodes as (

    select
        *,
        {{ month_number('window_from_on') }} as first_month_no,
        {{ month_number('window_to_on') }} as last_month_no
    from {{ ref('int_penalties__impact_episodes') }}

),

-- What a later event does is not this one's recovery: from its first month on nothing is judged.
next_episodes as (

    select
        episodes.utility_id,
        episodes.episode_id,
        min(later.first_month_no) as first_month_no
    from episodes
    inner join episodes as later
        on episodes.utility_id = later.utility_id and episodes.last_month_no < later.first_month_no
    group by episodes.utility_id, episodes.episode_id

),

-- Bills that would have been issued by then and were not are open too, in a comparison with what would be.
compared as (

    select
        episodes.utility_id,
        episodes.episode_id,
        expected.month_no,
        expected.month_end_on,
        expected.expected_usd + expected.late_usd - expected.not_issued_usd as actual_open_usd,
        expected.not_issued_usd,
        expected.expected_low_usd,
        expected.expected_usd,
        expected.expected_high_usd,
        expected.late_usd,
        expected.expected_usd + expected.late_usd as compared_usd,
        coalesce(expected.month_no < next_episodes.first_month_no, true) as is_judged,
        expected.month_end_on > episodes.window_to_on as is_after_window,
        expected.month_end_on >= episodes.window_from_on and expected.month_end_on <= episodes.window_to_on as is_in_window
    from episodes
    inner join expected
        on
            episodes.utility_id = expected.utility_id
            and episodes.episode_id = expected.episode_id
            and expected.month_no >= episodes.first_month_no - {{ months_shown_before() }}
            and expected.month_no <= episodes.last_month_no + {{ months_after }}
    left join next_episodes
        on episodes.utility_id = next_episodes.utility_id and episodes.episode_id = next_episodes.episode_id

),

-- From here on: how many month ends follow, this one included, and how many of them lie above what is expected.
looked_ahead as (

    select
        *,
        count(*) over from_here_on as left_count,
        sum(case when compared_usd <= expected_high_usd then 0 else 1 end) over from_here_on as above_count
    from compared
    window
        from_here_on as (
            partition by utility_id, episode_id, is_judged order by month_no
            rows between current row and unbounded following
        )

),

judged as (

    select
        *,
        is_after_window and above_count = 0 as is_never_above,
        max(case when is_judged and is_after_window and above_count = 0 then left_count end) over (partition by utility_id, episode_id) as back_count
    from looked_ahead

),

final as (

    select
        judged.utility_id,
        judged.episode_id,
        judged.month_end_on,
        {{ as_money('judged.actual_open_usd') }} as actual_open_usd,
        judged.not_issued_usd,
        judged.expected_low_usd,
        judged.expected_usd,
        judged.expected_high_usd,
        judged.late_usd as difference_usd,
        {{ as_money('coalesce(monthly.past_due_usd, 0)') }} as past_due_usd,
        judged.compared_usd >= judged.expected_low_usd and judged.compared_usd <= judged.expected_high_usd as is_within_range,
        judged.is_in_window,
        case when judged.is_judged then judged.is_never_above and coalesce(judged.back_count >= {{ least_months_back }}, false) end as is_back
    from judged
    left join monthly
        on judged.utility_id = monthly.utility_id and judged.month_end_on = monthly.month_end_on

)

select * from final
