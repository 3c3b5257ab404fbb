with tariffs as (

    select distinct
        utility_id,
        service,
        effective_from_on
    from {{ ref('stg_policy__tariffs') }}

),

utilities as (

    select
        *,
        coalesce(as_of_on, latest_delivered_on) as day_on
    from {{ ref('int_quality__utilities') }}

),

services as (

    select * from {{ ref('stg_policy__services') }}

),

factors as (

    select * from {{ ref('int_finance__rate_factors') }}

),

-- The oldest version also prices what is older than it.
placed as (

    select
        tariffs.*,
        utilities.fiscal_year_start_month,
        row_number() over (
            partition by tariffs.utility_id, tariffs.service
            order by case when tariffs.effective_from_on <= utilities.day_on then 0 else 1 end,
                case when tariffs.effective_from_on <= utilities.day_on then {{ days_between('tariffs.effective_from_on', 'utilities.day_on') }} end,
                tariffs.effective_from_on
        ) = 1 as is_now
    from tariffs
    inner join utilities
        on tariffs.utility_id = utilities.utility_id

),

versions as (

    select
        utility_id,
        service,
        cast(effective_from_on as varchar) as price_list,
        'version' as rates_kind,
        '' as scenario,
        {{ fiscal_year_of('effective_from_on', 'fiscal_year_start_month') }} as fiscal_year,
        effective_from_on,
        effective_from_on as version_from_on,
        cast(1 as decimal(18, 12)) as rate_factor,
        is_now,
        cast(lag(effective_from_on) over (partition by utility_id, service order by effective_from_on) as varchar) as before_list
    from placed

),

scenarios as (

    select
        versions.utility_id,
        versions.service,
        factors.scenario || ' ' || cast(factors.fiscal_year as varchar) as price_list,
        'scenario' as rates_kind,
        factors.scenario,
        factors.fiscal_year,
        factors.effective_from_on,
        versions.version_from_on,
        factors.rate_factor,
        false as is_now,
        versions.price_list as before_list
    from versions
    inner join services
        on versions.utility_id = services.utility_id and versions.service = services.service
    inner join factors
        on services.utility_id = factors.utility_id and services.fund = factors.fund
    where versions.is_now

),

final as (

    select * from versions
    union all
    select * from scenarios

)

select * from final
