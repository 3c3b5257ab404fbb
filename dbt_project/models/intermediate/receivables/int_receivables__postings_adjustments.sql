{{ config(materialized='view') }}

-- Everything else that is posted outside a bill or a payment: waivers, credits, assistance, rebates, refunds, corrections.
with adjustments as (

    select * from {{ ref('int_receivables__adjustments') }}
    where adjustment_kind not in ('penalty', 'returned_payment_fee', 'disconnect_fee', 'reconnect_fee', 'write_off', 'recovery', 'balance_transfer', 'opening_balance')

),

final as (

    select
        utility_id,
        account_id,
        posted_on,
        'adjustment' as posting_kind,
        adjustment_kind as posting_detail,
        debit_class,
        service,
        amount_usd,
        due_on,
        due_known_on,
        bill_id,
        fits_class,
        named_service,
        cast(null as varchar) as reverses_posting_id,
        'adjustments' as source_entity,
        adjustment_id as source_id,
        event_id,
        _load_id,
        _line_number
    from adjustments

)

select * from final
