{{ config(materialized='view') }}

with postings as (

    select * from {{ ref('int_receivables__postings') }}

),

final as (

    select
        utility_id,
        posting_id,
        account_id,
        posted_on,
        posting_kind,
        posting_detail,
        service,
        amount_usd,
        debit_class,
        due_on,
        due_known_on,
        bill_id,
        fits_class,
        named_service,
        reverses_posting_id,
        event_id,
        source_entity,
        source_id,
        _load_id,
        _line_number
    from postings

)

select * from final
