with missed as (

    select * from {{ ref('int_billing__missed_services') }}

),

provider as (

    select * from {{ ref('int_billing__provider_findings') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

service_spans as (

    select
        utility_id,
        max(max_gap_days) as max_gap_days
    from {{ ref('int_billing__service_spans') }}
    group by utility_id

),

-- The list of the water provider is about what goes into the sewer. What nobody here knows is taken for a home.
listed as (

    select
        provider.utility_id,
        provider.finding,
        provider.account_key,
        coalesce(accounts.account_id, provider.source_account_id) as subject_id,
        accounts.account_id,
        provider.source_account_id,
        provider.premise_id,
        coalesce(periods.customer_class, 'residential') as customer_class,
        'sewer' as service,
        provider.from_on,
        provider.to_on,
        cast({{ days_between('provider.from_on', 'provider.to_on') }} as integer) as days,
        provider.to_on >= utilities.as_of_on as is_ongoing,
        case when provider.account_key is null then coalesce(rules.class_without_average, 'residential') end as asked_class,
        rules.default_meter_size as meter_size
    from provider
    inner join utilities
        on provider.utility_id = utilities.utility_id
    inner join service_spans
        on
            provider.utility_id = service_spans.utility_id
            and {{ days_between('provider.from_on', 'provider.to_on') }} > service_spans.max_gap_days
    inner join rules
        on provider.utility_id = rules.utility_id and provider.to_on >= rules.from_on and provider.to_on < rules.to_on
    left join accounts
        on provider.account_key = accounts.account_key
    left join periods
        on
            provider.account_key = periods.account_key
            and provider.from_on >= periods.from_on
            and provider.from_on < periods.to_on

),

final as (

    select
        utility_id,
        'active_without_bill' as finding,
        account_key,
        account_id as subject_id,
        account_id,
        cast(null as varchar) as source_account_id,
        premise_id,
        customer_class,
        service,
        from_on,
        to_on,
        days,
        is_ongoing,
        asked_class,
        meter_size,
        average_quantity,
        demand_quantity,
        assistance_rate_usd
    from missed
    union all
    select
        utility_id,
        finding,
        account_key,
        subject_id,
        account_id,
        source_account_id,
        premise_id,
        customer_class,
        service,
        from_on,
        to_on,
        days,
        is_ongoing,
        asked_class,
        meter_size,
        0 as average_quantity,
        0 as demand_quantity,
        0 as assistance_rate_usd
    from listed

)

select * from final
