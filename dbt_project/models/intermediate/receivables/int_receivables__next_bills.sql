{{ config(materialized='view') }}

with adjustments as (

    select * from {{ ref('stg_extracts__adjustments') }}

),

bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel'

),

-- Penalties and fees without a due date wait for the next bill.
waiting as (

    select
        utility_id,
        account_id,
        adjustment_id,
        posted_on
    from adjustments
    where
        adjustment_kind in ('penalty', 'returned_payment_fee', 'disconnect_fee', 'reconnect_fee')
        and amount_usd > 0
        and due_on is null
        and origin_due_on is null

),

waiting_accounts as (

    select distinct
        utility_id,
        account_id
    from waiting

),

-- A posting stands before the bills of its own day, so that the first bill from there on is the one that it is due with.
calendar as (

    select
        utility_id,
        account_id,
        adjustment_id,
        posted_on as on_day,
        0 as is_bill,
        cast(null as varchar) as bill_id,
        cast(null as varchar) as statement_kind,
        cast(null as date) as billed_on,
        cast(null as date) as due_on
    from waiting
    union all
    select
        bills.utility_id,
        bills.account_id,
        cast(null as varchar) as adjustment_id,
        bills.billed_on as on_day,
        1 as is_bill,
        bills.bill_id,
        case when bills.bill_kind != 'rebill' then bills.bill_kind end as statement_kind,
        bills.billed_on,
        bills.due_on
    from bills
    inner join waiting_accounts
        on bills.utility_id = waiting_accounts.utility_id and bills.account_id = waiting_accounts.account_id

),

placed as (

    select
        *,
        {{ first_known('billed_on') }} over ahead as next_billed_on,
        {{ first_known('due_on') }} over ahead as next_due_on,
        {{ last_known('statement_kind') }} over behind as last_statement_kind
    from calendar
    window
        ahead as (
            partition by utility_id, account_id order by on_day, is_bill, due_on, bill_id
            rows between current row and unbounded following
        ),
        behind as (
            partition by utility_id, account_id order by on_day, is_bill, due_on, bill_id
            rows between unbounded preceding and current row
        )

),

-- After a final bill no other need follow: then they are due at once.
final as (

    select
        utility_id,
        adjustment_id,
        case when last_statement_kind = 'final' then on_day else next_due_on end as due_on,
        case when last_statement_kind = 'final' then on_day else next_billed_on end as due_known_on
    from placed
    where is_bill = 0

)

select * from final
