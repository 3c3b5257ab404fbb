{# Rate revenue of a path by what it rests on: existing rates, then each adjustment in turn. One row per utility, scenario, fund, path, fiscal year and line.

   An adjustment of a percent answers with less use: 1 + p becomes (1 + p)(1 + elasticity x volumetric share x p). In its first year it holds for the
   part of the year's bills that are for service after it. Each line is what the revenue so far, to the cent, grows by: they add up exactly. #}
{% macro finance_rate_revenue(drivers, existing, paths) %}

with existing as (

    select * from {{ existing }}

),

-- In a year of which a path says nothing rates stay, and bring what they bring.
path_years as (

    select
        named.utility_id,
        named.scenario,
        named.fund,
        named.path,
        drivers.fiscal_year,
        coalesce(paths.adjustment_percent, 0) as adjustment_percent,
        coalesce(paths.effective_month, cast(drivers.rate_effective_month as integer)) as effective_month,
        cast(drivers.usage_answer as double) as usage_answer
    from (select distinct utility_id, scenario, fund, path from {{ paths }}) as named
    inner join {{ drivers }} as drivers
        on named.utility_id = drivers.utility_id and named.scenario = drivers.scenario and named.fund = drivers.fund and drivers.year_kind != 'actual'
    left join {{ paths }} as paths
        on
            named.utility_id = paths.utility_id
            and named.scenario = paths.scenario
            and named.fund = paths.fund
            and named.path = paths.path
            and drivers.fiscal_year = paths.fiscal_year

),

adjusted as (

    select
        paths.*,
        1.0 + cast(paths.adjustment_percent as double) / 100.0 as price,
        coalesce(
            cast(weights.weight as double),
            case when loaded.fund is null then (13 - paths.effective_month) / 12.0 else 0.0 end
        ) as part_of_year
    from path_years as paths
    left join {{ ref('int_finance__effective_weights') }} as weights
        on paths.utility_id = weights.utility_id and paths.fund = weights.fund and paths.effective_month = weights.effective_month
    left join (select distinct utility_id, fund from {{ ref('int_finance__effective_weights') }}) as loaded
        on paths.utility_id = loaded.utility_id and paths.fund = loaded.fund

),

answered as (

    select
        *,
        price * (1.0 + usage_answer * (price - 1.0)) as factor
    from adjusted

),

levels as (

    select
        *,
        {{ compounded('factor', 'in_order') }} as level
    from answered
    window in_order as (partition by utility_id, scenario, fund, path order by fiscal_year)

),

with_before as (

    select
        *,
        coalesce(lag(level) over (partition by utility_id, scenario, fund, path order by fiscal_year), 1.0) as level_before
    from levels

),

-- For each year every adjustment up to it, in order.
steps as (

    select
        years.utility_id,
        years.scenario,
        years.fund,
        years.path,
        years.fiscal_year,
        adjustments.fiscal_year as adjusted_year,
        adjustments.adjustment_percent,
        existing.existing_usd,
        {{ float_money("existing.existing_usd * case
            when adjustments.fiscal_year < years.fiscal_year then adjustments.level
            else adjustments.level_before * (1.0 + adjustments.part_of_year * (adjustments.factor - 1.0))
        end") }} as so_far_usd
    from with_before as years
    inner join with_before as adjustments
        on
            years.utility_id = adjustments.utility_id
            and years.scenario = adjustments.scenario
            and years.fund = adjustments.fund
            and years.path = adjustments.path
            and years.fiscal_year >= adjustments.fiscal_year
    inner join existing
        on
            years.utility_id = existing.utility_id
            and years.scenario = existing.scenario
            and years.fund = existing.fund
            and years.fiscal_year = existing.fiscal_year
    where adjustments.adjustment_percent != 0

),

final as (

    select
        paths.utility_id,
        paths.scenario,
        paths.fund,
        paths.path,
        paths.fiscal_year,
        'rate_revenue' as line,
        cast(null as integer) as adjusted_year,
        cast(null as decimal(18, 6)) as adjustment_percent,
        existing.existing_usd as amount_usd,
        existing.origin
    from path_years as paths
    inner join existing
        on
            paths.utility_id = existing.utility_id
            and paths.scenario = existing.scenario
            and paths.fund = existing.fund
            and paths.fiscal_year = existing.fiscal_year
    union all
    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        'rate_adjustment_' || adjusted_year,
        adjusted_year,
        adjustment_percent,
        {{ as_money('so_far_usd - coalesce(lag(so_far_usd) over in_order, existing_usd)') }},
        'assumption'
    from steps
    window in_order as (partition by utility_id, scenario, fund, path, fiscal_year order by adjusted_year)

)

select * from final

{% endmacro %}
