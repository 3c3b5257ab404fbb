with adjustments as (

    select * from {{ ref('stg_extracts__adjustments') }}

),

next_bills as (

    select * from {{ ref('int_receivables__next_bills') }}

),

classed as (

    select
        *,
        coalesce(service, 'account') as queue_service,
        case
            when amount_usd <= 0 then null
            when adjustment_kind = 'penalty' then 'penalty'
            when adjustment_kind in ('returned_payment_fee', 'disconnect_fee', 'reconnect_fee') then 'fee'
            when adjustment_kind = 'refund' then 'refund'
            else 'charge'
        end as debit_class,
        case
            when amount_usd >= 0 or bill_id is null then null
            when adjustment_kind = 'penalty_waiver' then 'penalty'
            when adjustment_kind = 'fee_waiver' then 'fee'
            else 'charge'
        end as fits_class
    from adjustments

),

final as (

    select
        classed.utility_id,
        classed.adjustment_id,
        classed.account_id,
        classed.bill_id,
        classed.event_id,
        classed.adjustment_kind,
        classed.queue_service as service,
        classed.service as named_service,
        classed.debit_class,
        classed.fits_class,
        classed.amount_usd,
        classed.posted_on,
        classed._load_id,
        classed._line_number,
        case
            when classed.debit_class is null then null
            when next_bills.adjustment_id is not null then next_bills.due_on
            else coalesce(classed.due_on, classed.origin_due_on, classed.posted_on)
        end as due_on,
        case
            when classed.debit_class is null then null
            when next_bills.adjustment_id is not null then next_bills.due_known_on
            else classed.posted_on
        end as due_known_on
    from classed
    left join next_bills
        on classed.utility_id = next_bills.utility_id and classed.adjustment_id = next_bills.adjustment_id
    where classed.amount_usd != 0

)

select * from final
