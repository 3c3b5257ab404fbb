{{ config(materialized='view') }}

-- Money that is not the customer's own, from wherever it comes: payments, adjustments, discounts on bills.
with payments as (

    select * from {{ ref('stg_extracts__payments') }}
    where channel = 'assistance' or tender = 'assistance' or fund_source is not null

),

adjustments as (

    select * from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind in ('assistance', 'rebate') and amount_usd < 0

),

discounts as (

    select * from {{ ref('stg_extracts__charges') }}
    where charge_code = 'discount' and amount_usd < 0

),

bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel' and cancelled_on is null

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

final as (

    select
        utility_id,
        'payments' as source_entity,
        payment_id as source_id,
        account_id,
        received_on as given_on,
        posted_on,
        'assistance' as money_kind,
        fund_source as programme,
        cast(null as varchar) as event_id,
        cast(null as varchar) as service,
        amount_usd
    from payments

    union all

    select
        utility_id,
        'adjustments' as source_entity,
        adjustment_id as source_id,
        account_id,
        posted_on as given_on,
        posted_on,
        case when adjustment_kind = 'assistance' then 'assistance' when event_id is not null then 'one_time_credit' else 'rebate' end as money_kind,
        case when adjustment_kind = 'assistance' then fund_source end as programme,
        event_id,
        service,
        {{ as_money('-amount_usd') }} as amount_usd
    from adjustments

    union all

    select
        discounts.utility_id,
        'charges' as source_entity,
        discounts.charge_id as source_id,
        bills.account_id,
        bills.billed_on as given_on,
        bills.billed_on as posted_on,
        'discount' as money_kind,
        periods.assistance_program as programme,
        cast(null as varchar) as event_id,
        discounts.service,
        {{ as_money('-discounts.amount_usd') }} as amount_usd
    from discounts
    inner join bills
        on discounts.utility_id = bills.utility_id and discounts.bill_id = bills.bill_id
    left join periods
        on
            bills.utility_id = periods.utility_id
            and bills.account_id = periods.account_id
            and bills.billed_on >= periods.from_on
            and bills.billed_on < periods.to_on

)

select * from final
