-- Waivers for some classes of customers ask for the class of the day; few payments come under one.
with payments as (

    select * from {{ ref('stg_extracts__payments') }}

),

waivers as (

    select * from {{ ref('int_penalties__fee_waivers') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

final as (

    select
        payments.utility_id,
        payments.payment_id,
        waivers.event_id
    from payments
    inner join waivers
        on
            payments.utility_id = waivers.utility_id
            and payments.channel = waivers.channel
            and payments.received_on >= waivers.from_on
            and payments.received_on < waivers.to_on
    inner join periods
        on
            payments.utility_id = periods.utility_id
            and payments.account_id = periods.account_id
            and waivers.customer_class = periods.customer_class
            and payments.received_on >= periods.from_on
            and payments.received_on < periods.to_on

)

select * from final
