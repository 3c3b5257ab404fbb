{{ config(materialized='view') }}

-- Payments take from what is owed, on the day they are posted. One that names a bill goes to the charges of that bill first.
with payments as (

    select * from {{ ref('stg_extracts__payments') }}

),

final as (

    select
        utility_id,
        account_id,
        posted_on,
        'payment' as posting_kind,
        channel as posting_detail,
        cast(null as varchar) as debit_class,
        'account' as service,
        {{ as_money('-amount_usd') }} as amount_usd,
        cast(null as date) as due_on,
        cast(null as date) as due_known_on,
        bill_id,
        case when bill_id is not null then 'charge' end as fits_class,
        cast(null as varchar) as named_service,
        cast(null as varchar) as reverses_posting_id,
        'payments' as source_entity,
        payment_id as source_id,
        cast(null as varchar) as event_id,
        _load_id,
        _line_number
    from payments

)

select * from final
