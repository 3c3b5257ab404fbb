-- What stands in no tariff: services without one, and accounts whose class none prices. It is counted as billed.
with years as (

    select * from {{ ref('int_finance__test_years') }}

),

bills as (

    select * from {{ ref('int_finance__year_bills') }}

),

charged as (

    select * from {{ ref('int_billing__charged_services') }}
    where billed_revenue_usd != 0

),

priced as (

    select * from {{ ref('int_finance__year_priced') }}

),

cancels as (

    select * from {{ ref('int_finance__year_cancels') }}

),

-- Bills whose charges count, each with the bill whose services tell what is priced.
charging as (

    select
        utility_id,
        bill_id,
        bill_id as priced_bill_id
    from bills
    union all
    select
        utility_id,
        bill_id,
        cancels_bill_id as priced_bill_id
    from cancels
    where has_charges

),

-- Few rows: everything after it is short.
not_priced as (

    select
        charged.utility_id,
        charged.bill_id,
        charged.service,
        charged.billed_revenue_usd
    from charged
    inner join charging
        on charged.utility_id = charging.utility_id and charged.bill_id = charging.bill_id
    left join priced
        on charging.utility_id = priced.utility_id and charging.priced_bill_id = priced.bill_id and charged.service = priced.service
    where priced.bill_id is null

),

-- Once as billed in the year, cancellations taken off, and once by the days of service of what stands.
counted as (

    select
        utility_id,
        bill_id as charges_of,
        customer_class,
        1 as sign,
        0 as year_days,
        1 as service_days
    from bills
    where billed_on between from_on and through_on
    union all
    select
        cancels.utility_id,
        case when cancels.has_charges then cancels.bill_id else cancels.cancels_bill_id end as charges_of,
        bills.customer_class,
        case when cancels.has_charges then 1 else -1 end as sign,
        0 as year_days,
        1 as service_days
    from cancels
    inner join bills
        on cancels.utility_id = bills.utility_id and cancels.cancels_bill_id = bills.bill_id
    union all
    select
        utility_id,
        bill_id as charges_of,
        customer_class,
        0 as sign,
        cast({{ days_between(
            'greatest(service_from_on, ' ~ add_days('from_on', '-1') ~ ')', 'least(service_to_on, through_on)'
        ) }} as integer) as year_days,
        service_days
    from bills
    where is_standing and service_to_on >= from_on and service_from_on < through_on

),

summed as (

    select
        counted.utility_id,
        not_priced.service,
        counted.customer_class,
        counted.service_days,
        sum(not_priced.billed_revenue_usd * counted.sign) as dated_amount,
        sum(not_priced.billed_revenue_usd * counted.year_days) as dollar_days
    from counted
    inner join not_priced
        on counted.utility_id = not_priced.utility_id and counted.charges_of = not_priced.bill_id
    group by counted.utility_id, not_priced.service, counted.customer_class, counted.service_days

),

final as (

    select
        summed.utility_id,
        summed.service,
        summed.customer_class,
        {{ sum_money('summed.dated_amount') }} as dated_usd,
        {{ sum_money(fine_share('summed.dollar_days', '365', 'summed.service_days * years.year_days')) }} as normal_usd
    from summed
    inner join years
        on summed.utility_id = years.utility_id
    group by summed.utility_id, summed.service, summed.customer_class

)

select * from final
