with bills as (

    select * from {{ ref('int_finance__use_bills') }}
    where use_kind = 'typical'

),

utilities as (

    select
        utility_id,
        coalesce(as_of_on, latest_delivered_on) as day_on,
        fiscal_year_start_month
    from {{ ref('int_quality__utilities') }}

),

counts as (

    select
        utility_id,
        count(distinct service) as service_count
    from bills
    group by utility_id
    having count(distinct service) > 1

),

days as (

    select distinct
        bills.utility_id,
        bills.effective_from_on as day_on
    from bills
    inner join counts
        on bills.utility_id = counts.utility_id
    where bills.rates_kind = 'version'

),

-- What each service costs on each day on which any of them changes; the oldest version also prices what is older.
in_force as (

    select
        days.utility_id,
        days.day_on,
        bills.annual_usd,
        bills.annual_revenue_usd,
        bills.annual_pilot_usd,
        bills.annual_assistance_usd,
        bills.is_assumed,
        row_number() over (
            partition by days.utility_id, days.day_on, bills.service
            order by case when bills.effective_from_on <= days.day_on then 0 else 1 end,
                case when bills.effective_from_on <= days.day_on then {{ days_between('bills.effective_from_on', 'days.day_on') }} end,
                bills.effective_from_on
        ) as place
    from days
    inner join bills
        on days.utility_id = bills.utility_id and bills.rates_kind = 'version'

),

versions as (

    select
        in_force.utility_id,
        cast(in_force.day_on as varchar) as price_list,
        'version' as rates_kind,
        '' as scenario,
        {{ fiscal_year_of('in_force.day_on', 'utilities.fiscal_year_start_month') }} as fiscal_year,
        in_force.day_on as effective_from_on,
        row_number() over (
            partition by in_force.utility_id
            order by case when in_force.day_on <= utilities.day_on then 0 else 1 end,
                case when in_force.day_on <= utilities.day_on then {{ days_between('in_force.day_on', 'utilities.day_on') }} end,
                in_force.day_on
        ) = 1 as is_now,
        cast(lag(in_force.day_on) over (partition by in_force.utility_id order by in_force.day_on) as varchar) as before_list,
        {{ sum_money('in_force.annual_usd') }} as annual_usd,
        {{ sum_money('in_force.annual_revenue_usd') }} as annual_revenue_usd,
        {{ sum_money('in_force.annual_pilot_usd') }} as annual_pilot_usd,
        {{ sum_money('in_force.annual_assistance_usd') }} as annual_assistance_usd,
        max(case when in_force.is_assumed then 1 else 0 end) = 1 as is_assumed
    from in_force
    inner join utilities
        on in_force.utility_id = utilities.utility_id
    where in_force.place = 1
    group by in_force.utility_id, in_force.day_on, utilities.day_on, utilities.fiscal_year_start_month

),

-- A service without the scenario's year (its fund has no assumptions) stays as it is.
years as (

    select distinct
        utility_id,
        scenario,
        fiscal_year
    from bills
    where rates_kind = 'scenario'

),

ahead as (

    select
        years.utility_id,
        years.scenario || ' ' || cast(years.fiscal_year as varchar) as price_list,
        'scenario' as rates_kind,
        years.scenario,
        years.fiscal_year,
        max(coalesce(later.effective_from_on, versions.effective_from_on)) as effective_from_on,
        false as is_now,
        max(versions.price_list) as before_list,
        {{ sum_money('coalesce(later.annual_usd, bills.annual_usd)') }} as annual_usd,
        {{ sum_money('coalesce(later.annual_revenue_usd, bills.annual_revenue_usd)') }} as annual_revenue_usd,
        {{ sum_money('coalesce(later.annual_pilot_usd, bills.annual_pilot_usd)') }} as annual_pilot_usd,
        {{ sum_money('coalesce(later.annual_assistance_usd, bills.annual_assistance_usd)') }} as annual_assistance_usd,
        true as is_assumed
    from years
    inner join versions
        on years.utility_id = versions.utility_id and versions.is_now
    inner join bills
        on years.utility_id = bills.utility_id and bills.is_now
    left join bills as later
        on
            years.utility_id = later.utility_id
            and years.scenario = later.scenario
            and years.fiscal_year = later.fiscal_year
            and bills.service = later.service
    group by years.utility_id, years.scenario, years.fiscal_year

),

final as (

    select * from versions
    union all
    select * from ahead

)

select * from final
