with payments as (

    select
        payments.utility_id,
        accounts.account_key,
        payments.payment_id,
        payments.channel,
        payments.received_on,
        payments.absorbed_usd
    from {{ ref('int_penalties__payments') }} as payments
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on payments.utility_id = accounts.utility_id and payments.account_id = accounts.account_id
    inner join {{ ref('int_quality__utilities') }} as utilities
        on payments.utility_id = utilities.utility_id and payments.posted_on <= utilities.as_of_on
    where payments.waiver_event_id is not null and payments.absorbed_usd > 0

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'fee_waiver'

),

classed as (

    select
        payments.*,
        periods.customer_class,
        periods.billing_group
    from payments
    left join periods
        on
            payments.account_key = periods.account_key
            and payments.received_on >= periods.from_on
            and payments.received_on < periods.to_on

),

days as (

    select distinct
        utility_id,
        channel,
        customer_class,
        received_on
    from classed

),

covers as (

    select
        days.utility_id,
        days.channel,
        days.customer_class,
        days.received_on,
        {{ listed('events.event_id', 'events.event_no') }} as covered_by
    from days
    inner join events
        on
            days.utility_id = events.utility_id
            and days.received_on >= events.starts_on
            and (days.received_on <= events.ends_on or events.is_open)
            and (events.channels is null or {{ names_word('events.channels', 'days.channel') }})
            and (events.customer_classes is null or {{ names_word('events.customer_classes', 'days.customer_class') }})
    group by days.utility_id, days.channel, days.customer_class, days.received_on

),

final as (

    select
        classed.utility_id,
        classed.account_key,
        classed.payment_id,
        classed.customer_class,
        classed.billing_group,
        classed.received_on,
        covers.covered_by,
        classed.absorbed_usd as amount_usd
    from classed
    inner join covers
        on
            classed.utility_id = covers.utility_id
            and classed.channel = covers.channel
            and coalesce(classed.customer_class, '') = coalesce(covers.customer_class, '')
            and classed.received_on = covers.received_on

)

select * from final
