with bills as (

    select * from {{ ref('int_billing__bills') }}

),

services as (

    select * from {{ ref('int_billing__bill_services') }}

),

totals as (

    select
        utility_id,
        bill_id,
        {{ sum_money('amount_usd') }} as amount_usd,
        {{ sum_money('revenue_usd') }} as revenue_usd,
        cast(sum(charge_count) as integer) as charge_count
    from services
    group by utility_id, bill_id

),

cancellations as (

    select
        utility_id,
        cancels_bill_id as bill_id,
        min(billed_on) as cancelled_on
    from bills
    where bill_kind = 'cancel'
    group by utility_id, cancels_bill_id

),

final as (

    select
        bills.utility_id,
        bills.bill_id,
        bills.account_id,
        bills.bill_kind,
        bills.cancels_bill_id,
        bills.billing_period,
        bills.delivery,
        bills.billed_on,
        bills.due_on,
        bills.printed_due_on,
        bills.penalty_on,
        bills.service_from_on,
        bills.service_to_on,
        cast({{ days_between('bills.service_from_on', 'bills.service_to_on') }} as integer) as service_days,
        {{ as_money('coalesce(totals.amount_usd, 0)') }} as amount_usd,
        {{ as_money('coalesce(totals.revenue_usd, 0)') }} as revenue_usd,
        coalesce(totals.charge_count, 0) as charge_count,
        cancellations.cancelled_on,
        bills._load_id,
        bills._line_number
    from bills
    left join totals
        on bills.utility_id = totals.utility_id and bills.bill_id = totals.bill_id
    left join cancellations
        on bills.utility_id = cancellations.utility_id and bills.bill_id = cancellations.bill_id

)

select * from final
