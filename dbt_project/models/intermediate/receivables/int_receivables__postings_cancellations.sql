{{ config(materialized='view') }}

-- A cancel bill takes the cancelled bill off on its own date: credits that name the cancelled bill, service by service.
with bill_services as (

    select * from {{ ref('int_billing__bill_services') }}
    where bill_kind = 'cancel'

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
        case when amount_usd < 0 then cancels_bill_id end as bill_id,
        case when amount_usd < 0 then 'charge' end as fits_class,
        case when amount_usd < 0 then service end as named_service,
        cast(null as varchar) as reverses_posting_id,
        'bills' as source_entity,
        bill_id as source_id,
        cast(null as varchar) as event_id,
        _load_id,
        _line_number
    from bill_services

)

select * from final
