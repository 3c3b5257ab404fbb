{# What rates as they are bring in each year: one row per utility, scenario, fund and fiscal year.

   `origin` says what it rests on: the books (`actual`), the city's own forecast (`projection`), bills of the test year at the tariff in force
   (`determinants`), the `budget`, or the last year known (`carried`); all but the first two grown to the year. #}
{% macro finance_existing_rates(drivers) %}

with growth as (

    select
        drivers.*,
        coalesce(cast(drivers.usage_shock_percent * drivers.volumetric_share_percent as double) / 10000.0, 0) as shock,
        {{ compounded("(1.0 + drivers.growth_percent / 100.0)
            * (1.0 + cast(drivers.usage_growth_percent * drivers.volumetric_share_percent as double) / 10000.0)", 'in_order') }} as growth
    from {{ drivers }} as drivers
    window in_order as (partition by drivers.utility_id, drivers.scenario, drivers.fund order by drivers.fiscal_year)

),

given as (

    select
        utility_id,
        fund,
        fiscal_year,
        year_kind,
        {{ sum_money('amount_usd') }} as given_usd
    from {{ ref('int_finance__given_lines') }}
    where category = 'rate_revenue'
    group by utility_id, fund, fiscal_year, year_kind

),

known as (

    select
        growth.utility_id,
        growth.scenario,
        growth.fund,
        growth.fiscal_year,
        growth.year_kind,
        growth.growth,
        growth.shock,
        given.given_usd,
        tested.test_year,
        tested.existing_usd as tested_usd,
        max(case when given.year_kind = 'projection' then growth.fiscal_year end) over before as last_projection_year,
        max(case when given.given_usd is not null then growth.fiscal_year end) over before as last_given_year
    from growth
    left join given
        on growth.utility_id = given.utility_id and growth.fund = given.fund and growth.fiscal_year = given.fiscal_year
    left join {{ ref('int_finance__existing_revenue') }} as tested
        on growth.utility_id = tested.utility_id and growth.fund = tested.fund
    window before as (
        partition by growth.utility_id, growth.scenario, growth.fund order by growth.fiscal_year rows between unbounded preceding and 1 preceding
    )

),

based as (

    select
        *,
        case
            when year_kind in ('actual', 'projection') and given_usd is not null then year_kind
            when last_projection_year is not null then 'carried'
            when tested_usd is not null then 'determinants'
            when given_usd is not null then 'budget'
            else 'carried'
        end as origin,
        coalesce(last_projection_year, case when tested_usd is null then last_given_year end, test_year) as based_on_year
    from known

),

final as (

    select
        based.utility_id,
        based.scenario,
        based.fund,
        based.fiscal_year,
        based.origin,
        case when based.origin not in ('actual', 'projection', 'budget') then based.based_on_year end as based_on_year,
        {{ float_money("case
            when based.origin in ('actual', 'projection') then based.given_usd
            when based.origin = 'budget' then based.given_usd * (1.0 + based.shock)
            else coalesce(case when based.origin = 'determinants' then based.tested_usd end, base_year.given_usd)
                * (based.growth / coalesce(base_year.growth, 1.0)) * (1.0 + based.shock)
        end") }} as existing_usd
    from based
    left join known as base_year
        on
            based.utility_id = base_year.utility_id
            and based.scenario = base_year.scenario
            and based.fund = base_year.fund
            and based.based_on_year = base_year.fiscal_year

)

select * from final

{% endmacro %}
