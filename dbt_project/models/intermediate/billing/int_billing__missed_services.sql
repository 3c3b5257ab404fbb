with described as (

    select * from {{ ref('int_billing__unbilled_accounts') }}

),

bill_use as (

    select * from {{ ref('int_billing__bill_use') }}

),

profiles as (

    select * from {{ ref('int_billing__use_profiles') }}

),

read_periods as (

    select * from {{ ref('int_billing__read_periods') }}

),

-- The account's last bill before the stretch tells its services and what prices them, else the first one after it.
nearest as (

    select
        described.account_key,
        described.from_on,
        coalesce(
            max(case when bill_use.service_to_on <= described.from_on then bill_use.bill_no end),
            min(case when bill_use.service_to_on > described.from_on then bill_use.bill_no end)
        ) as bill_no
    from described
    inner join bill_use
        on described.account_key = bill_use.account_key
    group by described.account_key, described.from_on

),

billed_services as (

    {% for service in services() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            nearest.account_key,
            nearest.from_on,
            profiles.service,
            profiles.tariff_class as asked_class,
            profiles.meter_size,
            profiles.average_quantity,
            profiles.demand_quantity,
            profiles.assistance_rate_usd
        from nearest
        inner join bill_use
            on nearest.account_key = bill_use.account_key and nearest.bill_no = bill_use.bill_no
        inner join profiles
            on bill_use.{{ service }}_profile_id = profiles.profile_id
    {%- endfor %}

),

-- An account that never had a bill takes what its meters measure.
metered_services as (

    select
        described.account_key,
        described.from_on,
        read_periods.service,
        max(coalesce(described.rate_code, described.customer_class)) as asked_class,
        max(coalesce(read_periods.meter_size, described.default_meter_size)) as meter_size,
        cast(0 as decimal(18, 6)) as average_quantity,
        cast(0 as decimal(18, 6)) as demand_quantity,
        cast(0 as decimal(18, 6)) as assistance_rate_usd
    from described
    inner join read_periods
        on
            described.utility_id = read_periods.utility_id
            and described.account_id = read_periods.account_id
            and read_periods.period_end_on > described.from_on
            and read_periods.period_end_on <= described.to_on
    left join nearest
        on described.account_key = nearest.account_key and described.from_on = nearest.from_on
    where nearest.account_key is null
    group by described.account_key, described.from_on, read_periods.service

),

taken as (

    select * from billed_services
    union all
    select * from metered_services

),

final as (

    select
        described.utility_id,
        described.account_key,
        described.account_id,
        described.premise_id,
        described.customer_class,
        described.from_on,
        described.to_on,
        described.days,
        described.is_ongoing,
        coalesce(taken.service, 'account') as service,
        taken.asked_class,
        taken.meter_size,
        taken.average_quantity,
        taken.demand_quantity,
        taken.assistance_rate_usd
    from described
    left join taken
        on described.account_key = taken.account_key and described.from_on = taken.from_on

)

select * from final
