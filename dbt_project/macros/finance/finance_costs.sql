{# What a fund spends and receives beside its rates, whatever they are: one row per utility, scenario, fund, fiscal year and line. Debt stands
   here to its last payment; years after the multi-year table have the kind `later`.

   assumptions: a relation shaped as int_finance__assumptions. drivers: one shaped as finance_drivers. #}
{% macro finance_costs(assumptions, drivers) %}

with drivers as (

    select * from {{ drivers }}

),

given as (

    select
        drivers.scenario,
        given_lines.*
    from {{ ref('int_finance__given_lines') }} as given_lines
    inner join drivers
        on given_lines.utility_id = drivers.utility_id and given_lines.fund = drivers.fund and given_lines.fiscal_year = drivers.fiscal_year
    where
        given_lines.category != 'rate_revenue'
        -- A payment in lieu of taxes that is a percent of rate revenue is solved with the rates.
        and (given_lines.line != drivers.pilot_line or drivers.pilot_percent = 0 or drivers.year_kind = 'actual')

),

carried as ({{ finance_carried_lines(assumptions, 'drivers') }}),

capital as ({{ finance_capital(assumptions, 'drivers') }}),

debt as ({{ finance_debt('drivers', 'capital') }}),

reserves as (

    select
        drivers.utility_id,
        drivers.scenario,
        drivers.fund,
        drivers.fiscal_year,
        moved.category,
        case moved.category when 'reserve_draw' then drivers.planned_reserve_draw_usd else drivers.reserve_contribution_usd end as amount_usd
    from drivers
    cross join (select 'reserve_draw' as category union all select 'reserve_contribution' as category) as moved
    left join (select distinct utility_id, scenario, fund, fiscal_year, category from given) as known
        on
            drivers.utility_id = known.utility_id
            and drivers.scenario = known.scenario
            and drivers.fund = known.fund
            and drivers.fiscal_year = known.fiscal_year
            and moved.category = known.category
    where drivers.year_kind != 'actual' and known.category is null

),

lines as (

    select
        utility_id, scenario, fund, fiscal_year, line, title, category, is_pledged, cast(null as varchar) as lien, amount_usd, year_kind as origin, sort
    from given
    union all
    select
        utility_id, scenario, fund, fiscal_year, line, title, category, is_pledged, null, amount_usd, 'assumption', sort
    from carried
    union all
    select
        utility_id, scenario, fund, fiscal_year, line, title, category, false, null, amount_usd, origin, 500
    from capital
    union all
    select
        utility_id, scenario, fund, fiscal_year, line, title, 'debt_service', false, lien, amount_usd, origin, 400
    from debt
    union all
    select
        utility_id,
        scenario,
        fund,
        fiscal_year,
        category,
        case category when 'reserve_draw' then 'Planned draw on reserves' else 'Contribution to reserves' end,
        category,
        false,
        null,
        amount_usd,
        'assumption',
        600
    from reserves
    where amount_usd != 0
    union all
    select
        utility_id, scenario, fund, fiscal_year, 'waiver_extension', 'Penalties not charged: waiver extended', 'other_operating_revenue', true, null,
        -waiver_extension_usd, 'assumption', 290
    from drivers
    where year_kind != 'actual' and waiver_extension_usd != 0

),

final as (

    select
        lines.utility_id,
        lines.scenario,
        lines.fund,
        lines.fiscal_year,
        coalesce(fund_years.year_kind, 'later') as year_kind,
        lines.line,
        lines.title,
        lines.category,
        lines.is_pledged,
        lines.lien,
        {{ as_money('lines.amount_usd') }} as amount_usd,
        lines.origin,
        lines.sort
    from lines
    left join {{ ref('int_finance__fund_years') }} as fund_years
        on lines.utility_id = fund_years.utility_id and lines.fund = fund_years.fund and lines.fiscal_year = fund_years.fiscal_year

)

select * from final

{% endmacro %}
