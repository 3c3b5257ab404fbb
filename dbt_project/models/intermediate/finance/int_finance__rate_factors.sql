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

-- What is not given for a year is what was given for the last one before it.
given as (

    select
        years.utility_id,
        years.scenario,
        years.fund,
        years.fiscal_year,
        years.day_on,
        years.fiscal_year_start_month,
        max(case when assumptions.assumption_name = 'rate_adjustment_percent' then assumptions.fiscal_year end) as adjusted_in,
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
        given.utility_id,
        given.scenario,
        given.fund,
        given.fiscal_year,
        given.day_on,
        coalesce(adjustments.assumption_value, 0) as adjustment_pct,
        {{ add_months(
            "make_date(cast(given.fiscal_year - case when given.fiscal_year_start_month > 1 then 1 else 0 end as integer), given.fiscal_year_start_month, 1)",
            'cast(coalesce(months.assumption_value, 1) as integer) - 1'
        ) }} as effective_from_on
    from given
    left join assumptions as adjustments
        on
            given.utility_id = adjustments.utility_id
            and given.scenario = adjustments.scenario
            and given.fund = adjustments.fund
            and given.adjusted_in = adjustments.fiscal_year
            and adjustments.assumption_name = 'rate_adjustment_percent'
    left join assumptions as months
        on
            given.utility_id = months.utility_id
            and given.scenario = months.scenario
            and given.fund = months.fund
            and given.timed_in = months.fiscal_year
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
