{{ config(materialized='view') }}

-- A cancel bill takes the cancelled bill off on its own date: credits that name the cancelled bill, service by service.
with bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind = 'cancel'

),

services as (

    select * from {{ ref('int_billing__bill_services') }}
    where amount_usd != 0

),

final as (

    select
        bills.utility_id,
        'bill:' || bills.bill_id || ':' || services.service as posting_id,
        bills.account_id,
        bills.billed_on as posted_on,
        'charge' as posting_kind,
        bills.bill_kind as posting_detail,
        case when services.amount_usd > 0 then 'charge' end as debit_class,
        services.service,
        services.amount_usd,
        case when services.amount_usd > 0 then bills.due_on end as due_on,
        case when services.amount_usd > 0 then bills.billed_on end as due_known_on,
        case when services.amount_usd < 0 then bills.cancels_bill_id end as bill_id,
        case when services.amount_usd < 0 then 'charge' end as fits_class,
        case when services.amount_usd < 0 then services.service end as named_service,
        cast(null as varchar) as reverses_posting_id,
        'bills' as source_entity,
        bills.bill_id as source_id,
        cast(null as varchar) as event_id,
        bills._load_id,
        bills._line_number
    from services
    inner join bills
        on services.utility_id = bills.utility_id and services.bill_id = bills.bill_id

)

select * from final
