{# The multi-year table as consultants print it: one row per utility, scenario, fund, path, fiscal year and row of the table.

   lines: shaped as finance_lines. drivers: as finance_drivers. tests: as finance_tests. paths: as finance_paths. #}
{% macro finance_cash_flow(lines, drivers, tests, paths) %}

with lines as (

    select * from {{ lines }}
    where year_kind != 'later'

),

{% set sections = {
    'beginning_balance': ('beginning_balance', 1, 1), 'rate_revenue': ('rate_revenue', 3, 1), 'uncollectible': ('rate_revenue', 4, -1),
    'other_operating_revenue': ('other_revenue', 5, 1), 'non_operating_revenue': ('non_operating_revenue', 6, 1),
    'operating_expense': ('operating_expense', 8, 1), 'debt_service': ('debt_service', 11, 1), 'rate_funded_capital': ('rate_funded_capital', 13, 1),
    'transfer': ('transfer', 14, 1), 'reserve_contribution': ('reserve_contribution', 15, 1), 'reserve_draw': ('reserve_draw', 17, 1),
    'reserve_funded_capital': ('reserve_funded_capital', 19, 1), 'timing': ('timing', 20, 1), 'ending_balance': ('ending_balance', 21, 1),
    'depreciation': ('memo', 22, 1), 'restricted_revenue': ('memo', 23, 1), 'debt_funded_capital': ('memo', 24, 1), 'grant_funded_capital': ('memo', 25, 1),
} -%}
printed as (

    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        year_kind,
        case category {% for category, place in sections.items() %}when '{{ category }}' then '{{ place[0] }}' {% endfor %}end as section,
        category || ':' || line as line,
        title,
        'line' as row_kind,
        'usd' as unit,
        case when category = 'uncollectible' then -amount_usd else amount_usd end as amount_usd,
        cast(null as decimal(18, 6)) as value,
        cast(null as varchar) as result,
        case category {% for category, place in sections.items() %}when '{{ category }}' then {{ place[1] }} {% endfor %}end as section_no,
        sort
    from lines

),

{% set revenue = ['rate_revenue', 'other_operating_revenue', 'non_operating_revenue'] -%}
{% set needs = ['debt_service', 'rate_funded_capital', 'transfer', 'reserve_contribution'] -%}
{% set totals = [
    ('rate_revenue', 3, 'Revenue from rates', ['rate_revenue'], []),
    ('total_revenue', 7, 'Total revenue, less what is not expected to be paid', revenue, ['uncollectible']),
    ('operating_expense', 9, 'Total operating expense', ['operating_expense'], []),
    ('net_revenue', 10, 'Net revenue', revenue, ['uncollectible', 'operating_expense']),
    ('debt_service', 12, 'Total debt service', ['debt_service'], []),
    ('surplus', 16, 'Surplus or shortfall before reserves', revenue, ['uncollectible', 'operating_expense'] + needs),
    ('surplus_after_draw', 18, 'Surplus or shortfall after the planned draw', revenue + ['reserve_draw'], ['uncollectible', 'operating_expense'] + needs),
] -%}
totals as (

    {% for name, place, title, added, taken in totals -%}
        select
            utility_id,
            scenario,
            fund,
            path,
            fiscal_year,
            year_kind,
            'total' as section,
            'total:{{ name }}' as line,
            '{{ title }}' as title,
            'total' as row_kind,
            'usd' as unit,
            {{ sum_money("case
                when category in ('" ~ added | join("', '") ~ "') then amount_usd
                when category in ('" ~ (taken or ['']) | join("', '") ~ "') then -amount_usd
            end") }} as amount_usd,
            cast(null as decimal(18, 6)) as value,
            cast(null as varchar) as result,
            {{ place }} as section_no,
            990 as sort
        from lines
        group by utility_id, scenario, fund, path, fiscal_year, year_kind
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

adjustments as (

    select
        paths.utility_id,
        paths.scenario,
        paths.fund,
        paths.path,
        paths.fiscal_year,
        drivers.year_kind,
        'rate_adjustment' as section,
        printed.line,
        printed.title,
        'driver' as row_kind,
        printed.unit,
        cast(null as decimal(18, 2)) as amount_usd,
        case printed.unit when 'percent' then paths.adjustment_percent when 'month' then paths.effective_month end as value,
        cast(null as varchar) as result,
        2 as section_no,
        printed.sort
    from {{ paths }} as paths
    inner join {{ drivers }} as drivers
        on
            paths.utility_id = drivers.utility_id
            and paths.scenario = drivers.scenario
            and paths.fund = drivers.fund
            and paths.fiscal_year = drivers.fiscal_year
    cross join (
        select 'rate_adjustment:percent' as line, 'Adjustment of rates' as title, 'percent' as unit, 1 as sort
        union all select 'rate_adjustment:month', 'From this month of the fiscal year on', 'month', 2
    ) as printed
    where paths.adjustment_percent != 0 or printed.unit = 'percent'

),

tested as (

    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        year_kind,
        'test' as section,
        'test:' || test_id as line,
        title,
        'test' as row_kind,
        case measure when 'difference' then 'usd' else measure end as unit,
        {{ as_money("case when measure = 'difference' then value end") }} as amount_usd,
        value,
        result,
        30 as section_no,
        sort
    from {{ tests }}

),

final as (

    select * from printed
    union all
    select * from totals
    union all
    select * from adjustments
    union all
    select * from tested

)

select * from final

{% endmacro %}
