{%- set recent_months = 36 -%}
{%- set first_months = 3 -%}
with extensions as (

    select distinct
        utility_id,
        episode_id,
        component,
        as_of_on
    from {{ ref('int_penalties__impact_extensions') }}

),

days as (

    select * from {{ ref('int_penalties__impact_extension_days') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

clean_months as (

    select
        months.utility_id,
        months.month_no,
        months.month_end_on,
        not months.has_event and not coalesce(lag(months.has_event) over in_order, false) as is_clean
    from {{ ref('int_receivables__event_months') }} as months
    window in_order as (partition by months.utility_id order by months.month_no)

),

-- The first bills of the data bring their penalties in the months after; a month that has not ended says nothing.
months as (

    select
        clean_months.*,
        {{ season_of('clean_months.month_end_on') }} as season,
        {{ month_number('utilities.as_of_on') }} - clean_months.month_no < {{ recent_months }} as is_recent
    from clean_months
    inner join utilities
        on clean_months.utility_id = utilities.utility_id and clean_months.month_end_on <= utilities.as_of_on
    where
        clean_months.is_clean
        and clean_months.month_no >= {{ month_number('utilities.first_posted_on') }} + {{ first_months }}

),

monthly as (

    select
        extensions.utility_id,
        extensions.episode_id,
        extensions.component,
        months.season,
        months.is_recent,
        months.month_no,
        cast(extract(day from months.month_end_on) as integer) as day_count,
        {{ sum_money('days.borne_usd') }} as amount_usd
    from extensions
    inner join months
        on extensions.utility_id = months.utility_id
    left join days
        on
            extensions.utility_id = days.utility_id
            and extensions.episode_id = days.episode_id
            and extensions.component = days.component
            and months.month_no = {{ month_number('days.charged_on') }}
    group by
        extensions.utility_id, extensions.episode_id, extensions.component, months.season, months.is_recent, months.month_no, months.month_end_on

),

seasons as (

    select 'summer' as season
    union all
    select 'winter' as season

),

-- Recent months of the season; without one, any of the season; without one, any clean month.
candidates as (

    select
        monthly.utility_id,
        monthly.episode_id,
        monthly.component,
        seasons.season,
        monthly.day_count,
        monthly.amount_usd,
        case
            when monthly.season = seasons.season and monthly.is_recent then 1
            when monthly.season = seasons.season then 2
            else 3
        end as choice_no,
        min(case
            when monthly.season = seasons.season and monthly.is_recent then 1
            when monthly.season = seasons.season then 2
            else 3
        end) over (partition by monthly.utility_id, monthly.episode_id, monthly.component, seasons.season) as best_choice_no
    from monthly
    cross join seasons

),

final as (

    select
        utility_id,
        episode_id,
        component,
        season,
        cast(min(amount_usd / day_count) as decimal(18, 6)) as low_day_rate_usd,
        cast(sum(amount_usd) / sum(day_count) as decimal(18, 6)) as day_rate_usd,
        cast(max(amount_usd / day_count) as decimal(18, 6)) as high_day_rate_usd,
        cast(count(*) as integer) as month_count
    from candidates
    where choice_no = best_choice_no
    group by utility_id, episode_id, component, season

)

select * from final
