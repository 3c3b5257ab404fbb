with drafts as (

    select * from {{ ref('int_penalties__payments') }}
    where channel = 'autopay'

),

accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

history as (

    select distinct
        utility_id,
        account_id
    from {{ ref('stg_extracts__account_history') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel'

),

-- The day on which automatic payment ends still has it; without a history the accounts say since when.
enrolled as (

    select distinct
        drafts.utility_id,
        drafts.payment_id
    from drafts
    inner join periods
        on
            drafts.utility_id = periods.utility_id
            and drafts.account_id = periods.account_id
            and drafts.received_on >= periods.from_on
            and drafts.received_on <= periods.to_on
            and periods.autopay in ('bank', 'card')
            and periods.account_status != 'final'
    inner join accounts
        on drafts.utility_id = accounts.utility_id and drafts.account_id = accounts.account_id
    left join history
        on drafts.utility_id = history.utility_id and drafts.account_id = history.account_id
    where history.account_id is not null or drafts.received_on >= coalesce(accounts.autopay_since_on, drafts.received_on)

),

outside as (

    select drafts.*
    from drafts
    left join enrolled
        on drafts.utility_id = enrolled.utility_id and drafts.payment_id = enrolled.payment_id
    where enrolled.payment_id is null

),

latest_bills as (

    select
        outside.utility_id,
        outside.payment_id,
        outside.account_id,
        outside.received_on,
        max(bills.billed_on) as billed_on
    from outside
    inner join history
        on outside.utility_id = history.utility_id and outside.account_id = history.account_id
    inner join bills
        on
            outside.utility_id = bills.utility_id
            and outside.account_id = bills.account_id
            and outside.received_on >= least(bills.due_on, bills.printed_due_on)
            and outside.received_on >= bills.billed_on
    group by outside.utility_id, outside.payment_id, outside.account_id, outside.received_on

),

-- A bill that announced its draft is drawn even where automatic payment has ended since; not where the account has.
announced as (

    select distinct
        latest_bills.utility_id,
        latest_bills.payment_id
    from latest_bills
    inner join periods as billed
        on
            latest_bills.utility_id = billed.utility_id
            and latest_bills.account_id = billed.account_id
            and latest_bills.billed_on >= billed.from_on
            and latest_bills.billed_on < billed.to_on
            and billed.autopay in ('bank', 'card')
    inner join periods as drawn
        on
            latest_bills.utility_id = drawn.utility_id
            and latest_bills.account_id = drawn.account_id
            and latest_bills.received_on >= drawn.from_on
            and latest_bills.received_on < drawn.to_on
            and drawn.account_status != 'final'

),

final as (

    select
        outside.utility_id,
        'draft_not_enrolled' as finding,
        'R24, R26' as rule,
        outside.account_id,
        'payments' as source_entity,
        outside.payment_id as source_id,
        outside.posted_on as found_on,
        outside.amount_usd,
        cast(null as decimal(18, 2)) as expected_usd,
        'Drawn automatically on ' || cast(outside.received_on as varchar)
        || ', when the account had no automatic payment in force.' as detail
    from outside
    left join announced
        on outside.utility_id = announced.utility_id and outside.payment_id = announced.payment_id
    where announced.payment_id is null

)

select * from final
