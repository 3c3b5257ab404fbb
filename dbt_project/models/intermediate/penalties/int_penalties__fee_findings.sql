with payments as (

    select
        *,
        replace(channel, '_', ' ') as channel_words,
        replace(tender, '_', ' ') as tender_words
    from {{ ref('int_penalties__payments') }}
    where charged_usd != expected_usd

),

postings as (

    select * from {{ ref('int_penalties__fee_postings') }}
    where reason not in ('none', 'corrected', 'not_delivered', 'waiver_without_fee')

),

of_payments as (

    select
        utility_id,
        case
            when waiver_event_id is not null then 'customer_fee_in_waiver'
            when expected_usd = 0 then 'customer_fee_not_due'
            when charged_usd = 0 then 'customer_fee_missing'
            else 'customer_fee_wrong'
        end as finding,
        case
            when waiver_event_id is not null then 'R63'
            when expected_usd = 0 then 'R39'
            when channel = 'agent' then 'R38'
            else 'R37'
        end as rule,
        account_id,
        'payments' as source_entity,
        payment_id as source_id,
        posted_on as found_on,
        charged_usd as amount_usd,
        expected_usd,
        'The payer was charged $' || cast(charged_usd as varchar) || ' for ' || tender_words || ' by channel ' || channel_words
        || '; policy asks $' || cast(expected_usd as varchar)
        || case when waiver_event_id is not null then ' while event ' || waiver_event_id || ' waives it' else '' end || '.' as detail
    from payments

),

-- A code for what each reason is; a fee that is missing stands at the row that it is missing for.
of_accounts as (

    select
        utility_id,
        case
            when reason = 'declined_card' then 'fee_on_declined_card'
            when reason = 'no_return' then 'return_fee_without_return'
            when fee_kind = 'returned_payment_fee' and reason = 'not_charged' then 'return_fee_missing'
            when fee_kind = 'returned_payment_fee' and reason = 'not_due' then 'return_fee_not_due'
            when fee_kind = 'returned_payment_fee' and reason = 'waiver_not_honoured' then 'return_fee_in_waiver'
            when fee_kind = 'returned_payment_fee' then 'return_fee_wrong'
            when reason = 'no_order' then 'service_fee_without_order'
            when reason = 'not_charged' then 'service_fee_missing'
            else 'service_fee_wrong'
        end as finding,
        case
            when reason = 'declined_card' then 'R94'
            when fee_kind = 'returned_payment_fee' then 'R32, R33'
            else 'R44'
        end as rule,
        account_id,
        case when adjustment_id is not null then 'adjustments' when return_id is not null then 'payment_returns' else 'service_orders' end as source_entity,
        coalesce(adjustment_id, return_id, order_id) as source_id,
        coalesce(posted_on, occurred_on) as found_on,
        charged_usd as amount_usd,
        expected_usd,
        case
            when reason = 'declined_card'
                then 'The fee of a returned payment, $' || cast(charged_usd as varchar)
                || ', without one: the account pays by automatic card, and a declined card costs nothing.'
            when reason = 'no_return' then 'The fee of a returned payment, $' || cast(charged_usd as varchar) || ', and no payment came back.'
            else 'Charged $' || cast(charged_usd as varchar) || ' as ' || replace(fee_kind, '_', ' ') || '; policy asks $'
            || cast(expected_usd as varchar) || '.'
        end as detail
    from postings

),

final as (

    select * from of_payments
    union all
    select * from of_accounts

)

select * from final
