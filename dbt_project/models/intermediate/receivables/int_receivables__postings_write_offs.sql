{{ config(materialized='view') }}

-- Write-offs take a debt off the books; a recovery puts back what the payment beside it settles.
with adjustments as (

    select * from {{ ref('int_receivables__adjustments') }}
    where adjustment_kind in ('write_off', 'recovery')

),

final as (

    select
        utility_id,
        account_id,
        posted_on,
        'write_off' as posting_kind,
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
