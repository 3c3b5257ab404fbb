with assumptions as (

    select * from {{ ref('stg_policy__assumptions') }}
    where assumption_name in ('rate_adjustment_percent', 'rate_effective_month')

),

utilities as (

    select
        *,
        coalesce(as_of_on, latest_delivered_on) as day_on
    from {{ ref('int_quality__utilities') }}

),

funds as (

    select distinct
        utility_id,
        scenario,
        fund
    from assumptions

),

-- The fiscal year of the as-of date, whose adjustment may be still to come, and eleven more.
years as (

    select
        funds.utility_id,
        funds.scenario,
        funds.fund,
        utilities.day_on,
        utilities.fiscal_year_start_month,
        {{ fiscal_year_of('utilities.day_on', 'utilities.fiscal_year_start_month') }}
        + {{ explode_range('0', '11') }} as fiscal_year
    from funds
    inner join utilities
        on funds.utility_id = utilities.utility_id

),

-- An adjustment is of its own year alone; the month goes on from the last year for which it is given.
timed as (

    select
        years.utility_id,
        years.scenario,
        years.fund,
        years.fiscal_year,
        years.day_on,
        years.fiscal_year_start_month,
        max(case when assumptions.assumption_name = 'rate_effective_month' then assumptions.fiscal_year end) as timed_in
    from years
    left join assumptions
        on
            years.utility_id = assumptions.utility_id
            and years.scenario = assumptions.scenario
            and years.fund = assumptions.fund
            and years.fiscal_year >= assumptions.fiscal_year
    group by years.utility_id, years.scenario, years.fund, years.fiscal_year, years.day_on, years.fiscal_year_start_month

),

dated as (

    select
        timed.utility_id,
        timed.scenario,
        timed.fund,
        timed.fiscal_year,
        timed.day_on,
        coalesce(adjustments.assumption_value, 0) as adjustment_pct,
        {{ add_months(
            "make_date(cast(timed.fiscal_year - case when timed.fiscal_year_start_month > 1 then 1 else 0 end as integer), timed.fiscal_year_start_month, 1)",
            'cast(coalesce(months.assumption_value, 1) as integer) - 1'
        ) }} as effective_from_on
    from timed
    left join assumptions as adjustments
        on
            timed.utility_id = adjustments.utility_id
            and timed.scenario = adjustments.scenario
            and timed.fund = adjustments.fund
            and timed.fiscal_year = adjustments.fiscal_year
            and adjustments.assumption_name = 'rate_adjustment_percent'
    left join assumptions as months
        on
            timed.utility_id = months.utility_id
            and timed.scenario = months.scenario
            and timed.fund = months.fund
            and timed.timed_in = months.fiscal_year
            and months.assumption_name = 'rate_effective_month'

),

final as (

    select
        utility_id,
        scenario,
        fund,
        fiscal_year,
        effective_from_on,
        cast(adjustment_pct as decimal(18, 6)) as adjustment_pct,
        {{ running_product(
            'cast(1 + adjustment_pct * 0.01 as decimal(18, 12))',
            '(partition by utility_id, scenario, fund order by fiscal_year rows between unbounded preceding and current row)'
        ) }} as rate_factor
    from dated
    where effective_from_on > day_on

)

select * from final
