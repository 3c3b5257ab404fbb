with contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}

),

bills as (

    select * from {{ ref('int_billing__bills') }}

),

-- A cancel bill takes its bill off where that stands: on the same service days and in the same class.
cancelled as (

    select
        cancels.utility_id,
        cancels.bill_id as cancel_bill_id,
        contexts.customer_class,
        contexts.service_from_on,
        contexts.service_to_on
    from contexts as cancels
    inner join contexts
        on cancels.utility_id = contexts.utility_id and cancels.cancels_bill_id = contexts.bill_id
    where cancels.bill_kind = 'cancel'

),

placed as (

    select
        contexts.utility_id,
        contexts.bill_id,
        contexts.account_key,
        contexts.billed_on,
        contexts.cancelled_on,
        contexts.bill_kind = 'cancel' as is_cancel,
        coalesce(cancelled.customer_class, contexts.customer_class) as customer_class,
        coalesce(cancelled.service_from_on, contexts.service_from_on) as from_on,
        coalesce(cancelled.service_to_on, contexts.service_to_on) as to_on
    from contexts
    left join cancelled
        on contexts.utility_id = cancelled.utility_id and contexts.bill_id = cancelled.cancel_bill_id

),

-- What has no days of service is earned on the day of the bill.
final as (

    select
        placed.utility_id,
        placed.bill_id,
        placed.account_key,
        placed.customer_class,
        placed.is_cancel,
        placed.billed_on,
        placed.cancelled_on,
        {% for service in services() -%}
            bills.{{ service }}_revenue_usd,
        {% endfor -%}
        bills.revenue_usd,
        coalesce(placed.to_on > placed.from_on, false) as has_service_days,
        case when placed.to_on > placed.from_on then placed.from_on else {{ add_days('placed.billed_on', '-1') }} end as service_from_on,
        case when placed.to_on > placed.from_on then placed.to_on else placed.billed_on end as service_to_on,
        case
            when placed.to_on > placed.from_on then cast({{ days_between('placed.from_on', 'placed.to_on') }} as integer)
            else 1
        end as service_days
    from placed
    inner join bills
        on placed.utility_id = bills.utility_id and placed.bill_id = bills.bill_id

)

select * from final
