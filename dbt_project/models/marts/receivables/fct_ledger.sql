{{ config(materialized='view') }}

with postings as (

    select * from {{ ref('int_receivables__postings') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

final as (

    select
        accounts.utility_id,
        {{ posting_id('postings') }} as posting_id,
        accounts.account_id,
        postings.posted_on,
        postings.posting_kind,
        postings.posting_detail,
        postings.service,
        postings.amount_usd,
        postings.debit_class,
        postings.due_on,
        postings.due_known_on,
        postings.bill_id,
        postings.fits_class,
        postings.named_service,
        postings.reverses_posting_id,
        postings.event_id,
        postings.source_entity,
        postings.source_id,
        postings._load_id,
        postings._line_number
    from postings
    inner join accounts
        on postings.account_key = accounts.account_key

)

select * from final
