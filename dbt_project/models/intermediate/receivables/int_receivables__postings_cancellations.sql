-- A cancel bill takes the cancelled bill off on its own date: credits that name the cancelled bill, service by service. Where it
-- carries no charges it is read as the cancelled bill's with the sign turned.
with bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind = 'cancel'

),

services as (

    select * from {{ ref('int_billing__bill_services') }}

),

own_charges as (

    select
        bills.utility_id,
        bills.bill_id,
        services.service,
        services.amount_usd
    from bills
    inner join services
        on bills.utility_id = services.utility_id and bills.bill_id = services.bill_id

),

mirrored_charges as (

    select
        bills.utility_id,
        bills.bill_id,
        services.service,
        {{ as_money('-services.amount_usd') }} as amount_usd
    from bills
    inner join services
        on bills.utility_id = services.utility_id and bills.cancels_bill_id = services.bill_id
    left join own_charges
        on bills.utility_id = own_charges.utility_id and bills.bill_id = own_charges.bill_id
    where own_charges.bill_id is null

),

cancelled as (

    select * from own_charges
    union all
    select * from mirrored_charges

),

final as (

    select
        bills.utility_id,
        'bill:' || bills.bill_id || ':' || cancelled.service as posting_id,
        bills.account_id,
        bills.billed_on as posted_on,
        'charge' as posting_kind,
        bills.bill_kind as posting_detail,
        case when cancelled.amount_usd > 0 then 'charge' end as debit_class,
        cancelled.service,
        cancelled.amount_usd,
        case when cancelled.amount_usd > 0 then bills.due_on end as due_on,
        case when cancelled.amount_usd > 0 then bills.billed_on end as due_known_on,
        case when cancelled.amount_usd < 0 then bills.cancels_bill_id end as bill_id,
        case when cancelled.amount_usd < 0 then 'charge' end as fits_class,
        case when cancelled.amount_usd < 0 then cancelled.service end as named_service,
        cast(null as varchar) as reverses_posting_id,
        'bills' as source_entity,
        bills.bill_id as source_id,
        cast(null as varchar) as event_id,
        bills._load_id,
        bills._line_number
    from cancelled
    inner join bills
        on cancelled.utility_id = bills.utility_id and cancelled.bill_id = bills.bill_id
    where cancelled.amount_usd != 0

)

select * from final
