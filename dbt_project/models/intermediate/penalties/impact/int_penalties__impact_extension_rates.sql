{%- set recent_months = 36 -%}
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

-- Only months that have ended are among them.
months as (

    select
        months.utility_id,
        months.month_no,
        months.month_end_on,
        months.half_year,
        {{ month_number('utilities.as_of_on') }} - months.month_no < {{ recent_months }} as is_recent
    from {{ ref('int_penalties__impact_months') }} as months
    inner join utilities
        on months.utility_id = utilities.utility_id
    where months.is_clean

),

monthly as (

    select
        extensions.utility_id,
        extensions.episode_id,
        extensions.component,
        months.half_year,
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
        extensions.utility_id, extensions.episode_id, extensions.component, months.half_year, months.is_recent, months.month_no, months.month_end_on

),

halves as (

    select 'warm' as half_year
    union all
    select 'cold' as half_year

),

-- Recent months of the half; without one, any of the half; without one, any clean month.
candidates as (

    select
        monthly.utility_id,
        monthly.episode_id,
        monthly.component,
        halves.half_year,
        monthly.day_count,
        monthly.amount_usd,
        case
            when monthly.half_year = halves.half_year and monthly.is_recent then 1
            when monthly.half_year = halves.half_year then 2
            else 3
        end as choice_no,
        min(case
            when monthly.half_year = halves.half_year and monthly.is_recent then 1
            when monthly.half_year = halves.half_year then 2
            else 3
        end) over (partition by monthly.utility_id, monthly.episode_id, monthly.component, halves.half_year) as best_choice_no
    from monthly
    cross join halves

),

final as (

    select
        utility_id,
        episode_id,
        component,
        half_year,
        cast(min(amount_usd / day_count) as decimal(18, 6)) as low_day_rate_usd,
        cast(sum(amount_usd) / sum(day_count) as decimal(18, 6)) as day_rate_usd,
        cast(max(amount_usd / day_count) as decimal(18, 6)) as high_day_rate_usd,
        cast(count(*) as integer) as month_count
    from candidates
    where choice_no = best_choice_no
    group by utility_id, episode_id, component, half_year

)

select * from final
