{%- set fewest_months = 6 -%}
-- Each month of an episode's window, of the two before and of the year after, draws a clean month of its half of the year (of the whole year where that
-- half has fewer than six), for the method prior_year one of the clean months among those a year before, and each waiver-only month one of the episode's.
-- The months of a half of the year draw clean months that follow one another: a bad winter stays together. Replicate 0 has every month that may be drawn.
with episodes as (

    select
        *,
        {{ month_number('window_from_on') }} as first_month_no,
        {{ month_number('window_to_on') }} as last_month_no
    from {{ ref('int_penalties__impact_episodes') }}

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

replicates as (

    select {{ explode_range('1', replicate_count()) }} as replicate_no

),

clean as (

    select
        *,
        count(*) over (partition by utility_id, half_year) as half_count
    from months
    where is_clean

),

places as (

    select
        episodes.utility_id,
        episodes.episode_id,
        'clean' as drawn_from,
        months.month_no,
        months.half_year,
        months.month_no between episodes.first_month_no and episodes.last_month_no as is_in_window,
        months.month_no < episodes.first_month_no as is_before,
        clean.month_no as drawn_month_no
    from episodes
    inner join months
        on
            episodes.utility_id = months.utility_id
            and months.month_no between episodes.first_month_no - {{ months_shown_before() }} and episodes.last_month_no + 12
    left join (select distinct utility_id, half_year, half_count from clean) as halves
        on months.utility_id = halves.utility_id and months.half_year = halves.half_year
    inner join clean
        on
            months.utility_id = clean.utility_id
            and (months.half_year = clean.half_year or coalesce(halves.half_count, 0) < {{ fewest_months }})

    union all

    select
        months.utility_id,
        months.episode_id,
        'waiver_only' as drawn_from,
        months.month_no,
        months.half_year,
        true as is_in_window,
        false as is_before,
        others.month_no as drawn_month_no
    from months
    inner join months as others
        on months.utility_id = others.utility_id and months.episode_id = others.episode_id and others.is_waiver_only
    where months.is_waiver_only

    union all

    select
        episodes.utility_id,
        episodes.episode_id,
        'prior_year' as drawn_from,
        months.month_no,
        months.half_year,
        true as is_in_window,
        false as is_before,
        clean.month_no as drawn_month_no
    from episodes
    inner join months
        on
            episodes.utility_id = months.utility_id
            and months.month_no between episodes.first_month_no and episodes.last_month_no
    inner join clean
        on
            episodes.utility_id = clean.utility_id
            and clean.month_no between episodes.first_month_no - 12 and least(episodes.last_month_no, episodes.first_month_no + 11) - 12

),

ranked as (

    select
        *,
        dense_rank() over (partition by utility_id, episode_id, drawn_from, half_year order by month_no) as month_rank,
        row_number() over (partition by utility_id, episode_id, drawn_from, month_no order by drawn_month_no) - 1 as place_no,
        count(*) over (partition by utility_id, episode_id, drawn_from, month_no) as place_count
    from places

),

-- The first month of the window has number 1 in its half of the year: how many months are shown before it changes no lot.
numbered as (

    select
        *,
        month_rank - coalesce(max(case when is_before then month_rank end) over (partition by utility_id, episode_id, drawn_from, half_year), 0) as run_no
    from ranked

),

final as (

    select
        numbered.utility_id,
        numbered.episode_id,
        cast(replicates.replicate_no as integer) as replicate_no,
        numbered.drawn_from,
        numbered.month_no,
        numbered.is_in_window,
        numbered.drawn_month_no
    from numbered
    cross join replicates
    where
        numbered.place_no = (numbered.run_no + {{ months_shown_before() }} * numbered.place_count + {{ drawn(
            "numbered.utility_id || '/' || numbered.episode_id || '/' || numbered.drawn_from || '/' || cast(replicates.replicate_no as varchar) || '/' "
            ~ "|| numbered.half_year", 'numbered.place_count'
        ) }}) % numbered.place_count

    union all

    select utility_id, episode_id, 0 as replicate_no, drawn_from, month_no, is_in_window, drawn_month_no
    from numbered

)

select * from final
