with year_units as (

    select * from {{ ref('int_finance__year_units') }}

),

determinants as (

    select * from {{ ref('int_billing__determinants') }}

),

tariffs as (

    select * from {{ ref('int_finance__tariffs_in_force') }}

),

components as (

    select * from {{ ref('stg_policy__tariffs') }}

),

asked as (

    select distinct
        unit_id,
        season_day
    from year_units

),

-- A class that the version in force no longer has stays at the rates that it was billed at.
units as (

    select
        cast(row_number() over (order by asked.unit_id, asked.season_day) as bigint) as unit_id,
        asked.unit_id as billed_unit_id,
        asked.season_day,
        determinants.utility_id,
        determinants.service,
        coalesce(tariffs.effective_from_on, determinants.effective_from_on) as effective_from_on,
        determinants.tariff_class,
        determinants.meter_size,
        determinants.months,
        determinants.base_months,
        determinants.usage_quantity,
        determinants.average_quantity,
        determinants.demand_quantity,
        determinants.assistance_rate_usd
    from asked
    inner join determinants
        on asked.unit_id = determinants.unit_id
    left join tariffs
        on
            determinants.utility_id = tariffs.utility_id
            and determinants.service = tariffs.service
            and determinants.tariff_class = tariffs.tariff_class

),

lines as (

    {{ price_units('units', 'components') }}

),

summed as (

    select
        units.billed_unit_id,
        units.season_day,
        units.base_months,
        {{ sum_money('case when lines.is_revenue then lines.amount_usd end') }} as revenue_usd,
        {{ sum_money("case when lines.component_kind in ('fixed', 'minimum') then lines.amount_usd end") }} as fixed_usd,
        {{ sum_money("case when lines.component_kind in ('blocks', 'seasonal_blocks', 'demand') then lines.amount_usd end") }} as volume_usd
    from units
    left join lines
        on units.unit_id = lines.unit_id
    group by units.unit_id, units.billed_unit_id, units.season_day, units.base_months

),

-- Discounts and percentages are of both: they follow them.
shared as (

    select
        *,
        case
            when fixed_usd + volume_usd > 0
                then {{ money_share('revenue_usd', 'cast(volume_usd * 100 as bigint)', 'cast((fixed_usd + volume_usd) * 100 as bigint)', is_wide=true) }}
            else {{ as_money('revenue_usd - fixed_usd') }}
        end as volumetric_usd
    from summed

),

final as (

    select
        billed_unit_id as unit_id,
        season_day,
        base_months,
        {{ as_money('revenue_usd - volumetric_usd') }} as fixed_usd,
        volumetric_usd,
        revenue_usd
    from shared

)

select * from final
