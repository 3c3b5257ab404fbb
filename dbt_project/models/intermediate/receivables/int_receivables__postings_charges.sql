{{ config(materialized='view') }}

-- What a bill adds to what is owed: one debit for each of its services. A service below zero is a credit of the bill date.
with bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel'

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
        bills.bill_id,
        cast(null as varchar) as fits_class,
        cast(null as varchar) as named_service,
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
