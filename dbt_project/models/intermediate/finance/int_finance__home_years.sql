with bills as (

    select * from {{ ref('int_finance__use_bills') }}
    where use_kind = 'typical' and service in ('water', 'sewer')

),

utilities as (

    select
        utility_id,
        {{ fiscal_year_of('coalesce(as_of_on, latest_delivered_on)', 'fiscal_year_start_month') }} as fiscal_year
    from {{ ref('int_quality__utilities') }}

),

services as (

    select
        utility_id,
        max(case when service = 'water' then 1 else 0 end) = 1 as has_water,
        max(case when service = 'sewer' then 1 else 0 end) = 1 as has_sewer
    from {{ ref('stg_policy__services') }}
    group by utility_id

),

stages as (

    select
        utility_id,
        'now' as rates_kind,
        '' as scenario,
        fiscal_year
    from utilities
    union all
    select distinct
        utility_id,
        'scenario' as rates_kind,
        scenario,
        fiscal_year
    from bills
    where rates_kind = 'scenario'

),

-- A service without the scenario's year stays as it is now.
final as (

    select
        stages.utility_id,
        stages.rates_kind,
        stages.scenario,
        stages.fiscal_year,
        services.has_water,
        services.has_sewer,
        {% for service in ['water', 'sewer'] -%}
            coalesce(
                max(case when bills.service = '{{ service }}' and bills.rates_kind = 'scenario' then bills.annual_usd end),
                max(case when bills.service = '{{ service }}' and bills.is_now then bills.annual_usd end)
            ) as {{ service }}_usd{{ ',' if not loop.last }}
        {% endfor %}
    from stages
    inner join services
        on stages.utility_id = services.utility_id
    left join bills
        on
            stages.utility_id = bills.utility_id
            and (bills.is_now or (stages.scenario = bills.scenario and stages.fiscal_year = bills.fiscal_year and bills.rates_kind = 'scenario'))
    group by stages.utility_id, stages.rates_kind, stages.scenario, stages.fiscal_year, services.has_water, services.has_sewer

)

select * from final
