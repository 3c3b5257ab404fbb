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
    where autopay in ('bank', 'card') and account_status != 'final'

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
    inner join accounts
        on drafts.utility_id = accounts.utility_id and drafts.account_id = accounts.account_id
    left join history
        on drafts.utility_id = history.utility_id and drafts.account_id = history.account_id
    where history.account_id is not null or drafts.received_on >= coalesce(accounts.autopay_since_on, drafts.received_on)

),

final as (

    select
        drafts.utility_id,
        'draft_not_enrolled' as finding,
        'R24, R26' as rule,
        drafts.account_id,
        'payments' as source_entity,
        drafts.payment_id as source_id,
        drafts.posted_on as found_on,
        drafts.amount_usd,
        cast(null as decimal(18, 2)) as expected_usd,
        'Drawn automatically on ' || cast(drafts.received_on as varchar)
        || ', when the account had no automatic payment in force.' as detail
    from drafts
    left join enrolled
        on drafts.utility_id = enrolled.utility_id and drafts.payment_id = enrolled.payment_id
    where enrolled.payment_id is null

)

select * from final
