with cases as (

    select * from {{ ref('int_penalties__impact_shutoff_cases') }}
    where is_held_by_moratorium

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'shutoff_moratorium'

),

held as (

    select
        cases.*,
        events.event_id,
        events.event_no,
        events.services
    from cases
    inner join events
        on
            cases.utility_id = events.utility_id
            and cases.month_end_on >= events.starts_on
            and (cases.month_end_on <= events.ends_on or events.is_open)
            and (events.customer_classes is null or {{ names_word('events.customer_classes', 'cases.customer_class') }})

),

-- A moratorium on some services concerns whoever is past due for one of them.
late_services as (

    select distinct
        account_key,
        at_on,
        service
    from {{ ref('int_receivables__open_months') }}
    where due_on < at_on and at_on in (select month_end_on from held where services is not null)

),

concerned as (

    select distinct
        held.utility_id,
        held.account_key,
        held.month_end_on,
        held.month_no,
        held.customer_class,
        held.billing_group,
        held.fees_usd,
        held.event_id,
        held.event_no
    from held
    left join late_services
        on held.account_key = late_services.account_key and held.month_end_on = late_services.at_on
    where
        held.services is null
        or late_services.service = 'account'
        or {{ names_word('held.services', 'late_services.service') }}

),

final as (

    select
        utility_id,
        account_key,
        month_end_on,
        month_no,
        customer_class,
        billing_group,
        {{ listed('event_id', 'event_no') }} as covered_by,
        fees_usd as amount_usd
    from concerned
    group by utility_id, account_key, month_end_on, month_no, customer_class, billing_group, fees_usd

)

select * from final
