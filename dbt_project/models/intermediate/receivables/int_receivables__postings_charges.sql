{{ config(materialized='view') }}

-- What a bill adds to what is owed: one debit for each of its services. A service below zero is a credit of the bill date.
with bill_services as (

    select * from {{ ref('int_billing__bill_services') }}
    where bill_kind != 'cancel'

),

final as (

    select
        utility_id,
        account_id,
        billed_on as posted_on,
        'charge' as posting_kind,
        bill_kind as posting_detail,
        case when amount_usd > 0 then 'charge' end as debit_class,
        service,
        amount_usd,
        case when amount_usd > 0 then due_on end as due_on,
        case when amount_usd > 0 then billed_on end as due_known_on,
        bill_id,
        cast(null as varchar) as fits_class,
        cast(null as varchar) as named_service,
        cast(null as varchar) as reverses_posting_id,
        'bills' as source_entity,
        bill_id as source_id,
        cast(null as varchar) as event_id,
        _load_id,
        _line_number
    from bill_services

)

select * from final
