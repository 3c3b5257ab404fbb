{{ config(materialized='view') }}

with bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind in ('regular', 'final', 'rebill')

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

counted_dates as (

    select * from {{ ref('int_penalties__counted_dates') }}

),

named as (

    select
        account_key,
        bill_id,
        true as is_named
    from {{ ref('int_receivables__named_postings') }}
    group by account_key, bill_id

),

dated as (

    select
        accounts.account_key,
        bills.utility_id,
        bills.bill_id,
        bills.account_id,
        bills.bill_kind,
        bills.billed_on,
        bills.due_on,
        bills.cancelled_on,
        case when named.is_named then 0 else bills.amount_usd end as unnamed_usd,
        coalesce(bills.penalty_on, counted_dates.penalty_on) as penalty_on
    from bills
    inner join accounts
        on bills.utility_id = accounts.utility_id and bills.account_id = accounts.account_id
    left join counted_dates
        on bills.utility_id = counted_dates.utility_id and bills.billed_on = counted_dates.billed_on
    left join named
        on accounts.account_key = named.account_key and bills.bill_id = named.bill_id

),

standing as (

    select
        *,
        lead(penalty_on) over following as next_penalty_on,
        lead(billed_on) over following as next_billed_on,
        lead(due_on) over following as next_due_on,
        lead(unnamed_usd) over following as next_unnamed_usd
    from dated
    where penalty_on is not null and (cancelled_on is null or cancelled_on > penalty_on)
    window following as (partition by account_key order by penalty_on, billed_on, bill_id)

),

-- One penalty an account and penalty date: that of its last bill.
final as (

    select
        account_key,
        utility_id,
        bill_id,
        account_id,
        bill_kind,
        billed_on,
        due_on,
        penalty_on,
        cancelled_on,
        next_penalty_on,
        -- of the next bill, where it stood by then and is not yet due: all of it is open
        {{ as_money('case when next_billed_on <= penalty_on and next_due_on > penalty_on then greatest(0, next_unnamed_usd) else 0 end') }} as next_bill_usd
    from standing
    where next_penalty_on is null or next_penalty_on > penalty_on

)

select * from final
