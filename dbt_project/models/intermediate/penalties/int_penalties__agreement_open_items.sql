with checks as (

    select * from {{ ref('int_penalties__agreement_checks') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

queue as (

    select * from {{ ref('int_receivables__queue') }}

),

balances as (

    select * from {{ ref('int_receivables__balances') }}

),

payments as (

    select * from {{ ref('stg_extracts__payments') }}
    where received_on < posted_on

),

asked as (

    select utility_id, account_id, account_key, signed_on as at_on from checks
    union
    select utility_id, account_id, account_key, judged_on as at_on from checks

),

days as (

    select asked.*
    from asked
    inner join utilities
        on asked.utility_id = utilities.utility_id and asked.at_on <= utilities.as_of_on

),

-- Money received by the day and posted after it counts.
pending as (

    select
        days.account_key,
        days.at_on,
        {{ sum_money('payments.amount_usd') }} as pending_usd
    from days
    inner join payments
        on
            days.utility_id = payments.utility_id
            and days.account_id = payments.account_id
            and days.at_on >= payments.received_on
            and days.at_on < payments.posted_on
    group by days.account_key, days.at_on

),

open_rows as (

    select
        days.account_key,
        days.at_on,
        queue.queue_no,
        queue.place_no,
        queue.posted_on,
        queue.due_on,
        queue.net_usd
    from days
    inner join queue
        on days.account_key = queue.account_key and days.at_on >= queue.from_on and days.at_on < queue.to_on

),

balances_at as (

    select
        days.account_key,
        days.at_on,
        {{ as_money('balances.balance_usd - coalesce(pending.pending_usd, 0)') }} as balance_usd
    from days
    inner join balances
        on days.account_key = balances.account_key and days.at_on >= balances.from_on and days.at_on < balances.to_on
    left join pending
        on days.account_key = pending.account_key and days.at_on = pending.at_on

),

open_items as (

    {{ settle('open_rows', 'balances_at') }}

),

final as (

    select
        account_key,
        at_on,
        queue_no,
        posted_on,
        open_usd
    from open_items

)

select * from final
