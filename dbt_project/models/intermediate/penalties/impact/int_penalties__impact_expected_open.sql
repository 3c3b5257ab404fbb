with replicates as (

    select * from {{ ref('int_penalties__impact_replicates') }}
    where component in ('expected_open', 'collected_late') and question = 'event' and method = 'cohort_curves'

),

targets as (

    select
        utility_id,
        episode_id,
        month_no,
        sum(not_issued_usd) as not_issued_usd
    from {{ ref('int_penalties__impact_open_targets') }}
    group by utility_id, episode_id, month_no

),

summed as (

    select
        utility_id,
        episode_id,
        month_end_on,
        replicate_no,
        sum(case when component = 'expected_open' then amount_usd else 0 end) as expected_usd,
        sum(case when component = 'collected_late' then amount_usd else 0 end) as late_usd
    from replicates
    group by utility_id, episode_id, month_end_on, replicate_no

),

central as (

    select * from summed
    where replicate_no = 0

),

ranked as (

    select
        *,
        row_number() over (month_ends order by expected_usd, replicate_no) as rank_no,
        count(*) over month_ends as replicate_count
    from summed
    where replicate_no > 0
    window month_ends as (partition by utility_id, episode_id, month_end_on)

),

ranges as (

    select
        utility_id,
        episode_id,
        month_end_on,
        {{ impact_low('expected_usd', 'rank_no') }} as low_usd,
        {{ impact_high('expected_usd', 'rank_no') }} as high_usd
    from ranked
    group by utility_id, episode_id, month_end_on

),

final as (

    select
        central.utility_id,
        central.episode_id,
        {{ month_number('central.month_end_on') }} as month_no,
        central.month_end_on,
        {{ as_money('least(ranges.low_usd, central.expected_usd)') }} as expected_low_usd,
        {{ as_money('central.expected_usd') }} as expected_usd,
        {{ as_money('greatest(ranges.high_usd, central.expected_usd)') }} as expected_high_usd,
        {{ as_money('central.late_usd') }} as late_usd,
        {{ as_money('coalesce(targets.not_issued_usd, 0)') }} as not_issued_usd
    from central
    left join ranges
        on
            central.utility_id = ranges.utility_id
            and central.episode_id = ranges.episode_id
            and central.month_end_on = ranges.month_end_on
    left join targets
        on
            central.utility_id = targets.utility_id
            and central.episode_id = targets.episode_id
            and {{ month_number('central.month_end_on') }} = targets.month_no

)

select * from final
