with use_bills as (

    select * from {{ ref('int_finance__use_bills') }}

),

whole_homes as (

    select * from {{ ref('int_finance__whole_homes') }}

),

meters as (

    select * from {{ ref('int_finance__class_meters') }}

),

scenarios as (

    select * from {{ ref('stg_policy__scenarios') }}

),

told as (

    select
        use_bills.utility_id,
        use_bills.service,
        use_bills.tariff_class,
        meters.is_home,
        use_bills.use_kind,
        use_bills.percentile,
        use_bills.meter_size,
        use_bills.usage_quantity,
        use_bills.usage_unit,
        use_bills.usage_year,
        use_bills.price_list,
        use_bills.rates_kind,
        use_bills.scenario,
        use_bills.fiscal_year,
        use_bills.effective_from_on,
        use_bills.is_now,
        use_bills.before_list,
        use_bills.annual_usd,
        use_bills.annual_revenue_usd,
        use_bills.annual_pilot_usd,
        use_bills.annual_assistance_usd,
        use_bills.is_assumed
    from use_bills
    inner join meters
        on
            use_bills.utility_id = meters.utility_id
            and use_bills.service = meters.service
            and use_bills.tariff_class = meters.tariff_class
    union all
    select
        utility_id,
        'all' as service,
        'home' as tariff_class,
        true as is_home,
        'typical' as use_kind,
        0 as percentile,
        '' as meter_size,
        cast(0 as decimal(18, 6)) as usage_quantity,
        cast(null as varchar) as usage_unit,
        cast(null as integer) as usage_year,
        price_list,
        rates_kind,
        scenario,
        fiscal_year,
        effective_from_on,
        is_now,
        before_list,
        annual_usd,
        annual_revenue_usd,
        annual_pilot_usd,
        annual_assistance_usd,
        is_assumed
    from whole_homes

),

monthly as (

    select
        *,
        {{ money_share('annual_usd', '1', '12') }} as amount_usd,
        {{ money_share('annual_revenue_usd', '1', '12') }} as revenue_usd,
        {{ money_share('annual_pilot_usd', '1', '12') }} as pilot_usd,
        {{ money_share('annual_assistance_usd', '1', '12') }} as assistance_usd
    from told

),

final as (

    select
        monthly.utility_id,
        monthly.service,
        monthly.tariff_class,
        monthly.is_home,
        monthly.use_kind,
        monthly.percentile,
        monthly.meter_size,
        monthly.usage_quantity,
        monthly.usage_unit,
        monthly.usage_year,
        monthly.rates_kind,
        monthly.scenario,
        scenarios.title as scenario_title,
        scenarios.sort as scenario_sort,
        cast(monthly.fiscal_year as integer) as fiscal_year,
        monthly.effective_from_on,
        monthly.is_now,
        monthly.amount_usd,
        monthly.revenue_usd,
        monthly.pilot_usd,
        {{ as_money('monthly.amount_usd - monthly.revenue_usd') }} as for_others_usd,
        monthly.assistance_usd,
        monthly.annual_usd,
        before.effective_from_on as before_from_on,
        before.amount_usd as before_usd,
        {{ as_money('monthly.amount_usd - before.amount_usd') }} as change_usd,
        {{ percentage('monthly.amount_usd - before.amount_usd', 'before.amount_usd') }} as change_pct,
        monthly.is_assumed
    from monthly
    left join monthly as before
        on
            monthly.utility_id = before.utility_id
            and monthly.service = before.service
            and monthly.tariff_class = before.tariff_class
            and monthly.use_kind = before.use_kind
            and monthly.percentile = before.percentile
            and monthly.meter_size = before.meter_size
            and monthly.usage_quantity = before.usage_quantity
            and monthly.before_list = before.price_list
    left join scenarios
        on monthly.utility_id = scenarios.utility_id and monthly.scenario = scenarios.scenario

)

select * from final
