{{ config(materialized='view') }}

with payments as (

    select * from {{ ref('int_penalties__payments') }}
    where charged_usd != 0 or policy_fee_usd != 0 or absorbed_usd != 0

),

postings as (

    select * from {{ ref('int_penalties__fee_postings') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- What payers are charged beside their payment is never owed to the city, and its revenue only where the city keeps it.
of_payments as (

    select
        utility_id,
        'payment:' || payment_id as fee_id,
        account_id,
        case when charged_usd = 0 and absorbed_usd > 0 then 'absorbed_fee' else 'customer_fee' end as fee_kind,
        received_on as occurred_on,
        posted_on,
        channel,
        tender,
        payment_id,
        cast(null as varchar) as return_id,
        cast(null as varchar) as order_id,
        cast(null as varchar) as adjustment_id,
        expected_usd,
        charged_usd,
        waived_usd,
        absorbed_usd,
        case when charged_usd = 0 and absorbed_usd > 0 then 'processor' else paid_to end as paid_to,
        false as is_receivable,
        waiver_event_id,
        {{ as_money('charged_usd - expected_usd') }} as difference_usd,
        case
            when charged_usd is null then 'not_delivered'
            when charged_usd = expected_usd then 'none'
            when waiver_event_id is not null then 'waiver_not_honoured'
            when expected_usd = 0 then 'not_due'
            when charged_usd = 0 then 'not_charged'
            else 'wrong_amount'
        end as reason
    from payments

),

of_accounts as (

    select
        utility_id,
        fee_id,
        account_id,
        fee_kind,
        occurred_on,
        posted_on,
        cast(null as varchar) as channel,
        cast(null as varchar) as tender,
        payment_id,
        return_id,
        order_id,
        adjustment_id,
        expected_usd,
        charged_usd,
        waived_usd,
        {{ as_money('0') }} as absorbed_usd,
        'city' as paid_to,
        true as is_receivable,
        waiver_event_id,
        difference_usd,
        reason
    from postings

),

fees as (

    select * from of_payments
    union all
    select * from of_accounts

),

final as (

    select
        fees.*,
        reason not in ('none', 'corrected', 'not_delivered', 'waiver_without_fee') as is_error
    from fees
    inner join utilities
        on fees.utility_id = utilities.utility_id
    where coalesce(fees.posted_on, fees.occurred_on) <= utilities.as_of_on

)

select * from final
