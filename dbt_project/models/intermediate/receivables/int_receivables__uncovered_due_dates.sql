-- Whether what bills made due was covered at the end of the due date and of the penalty date. Most is settled for good by then, which the queue
-- tells. For the rest the level of those days is asked: all that was received by then, less what was returned by then. The level
-- takes off at once whatever credits that name a bill may ever take from it.
with due_dates as (

    select due_dates.*
    from {{ ref('int_receivables__due_dates') }} as due_dates
    inner join {{ ref('int_quality__utilities') }} as utilities
        on due_dates.utility_id = utilities.utility_id and due_dates.penalty_on <= utilities.as_of_on

),

bill_debits as (

    select
        *,
        {{ numbered_key('account_key', 'queue_no') }} as debit_key
    from {{ ref('int_receivables__debits') }}
    where source_entity = 'bills'

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

-- What was not yet settled for good when its due date ended. Account and number are one key: joined by both, the account alone would tempt the
-- engine to pair every debit of an account with every due date.
late_queue as (

    select
        {{ numbered_key('account_key', 'queue_no') }} as debit_key,
        max(to_on) as settled_on
    from {{ ref('int_receivables__queue') }}
    where to_on > due_on
    group by debit_key

),

late_debits as {{ computed_once() }} (

    select
        bill_debits.account_key,
        bill_debits.due_on,
        bill_debits.queue_no,
        bill_debits.least_hi_usd,
        late_queue.settled_on
    from late_queue
    inner join bill_debits
        on late_queue.debit_key = bill_debits.debit_key

),

-- The level that covers all that the due date made due, and what stands before it.
marks as (

    select
        late_debits.account_key,
        late_debits.due_on,
        due_dates.penalty_on,
        max(late_debits.queue_no) as queue_no,
        max(late_debits.settled_on) as settled_on,
        max(late_debits.least_hi_usd) as mark_usd
    from late_debits
    inner join due_dates
        on late_debits.account_key = due_dates.account_key and late_debits.due_on = due_dates.due_on
    group by late_debits.account_key, late_debits.due_on, due_dates.penalty_on

),

-- Payments count from the day on which they were received, everything else from the day on which it was posted.
movements as (

    select
        accounts.account_key,
        least(payments.received_on, payments.posted_on) as on_day,
        payments.amount_usd as change_usd
    from {{ ref('stg_extracts__payments') }} as payments
    inner join accounts
        on payments.utility_id = accounts.utility_id and payments.account_id = accounts.account_id
    union all
    select
        account_key,
        posted_on as on_day,
        -amount_usd as change_usd
    from {{ ref('int_receivables__postings') }}
    where debit_class is null and posting_kind != 'payment'
    union all
    select
        account_key,
        posted_on as on_day,
        -most_named_usd as change_usd
    from {{ ref('int_receivables__debits') }}
    where most_named_usd > 0

),

asked as (

    select
        account_key,
        on_day,
        0 as is_asked,
        change_usd,
        cast(null as date) as due_on,
        cast(null as integer) as queue_no,
        cast(null as decimal(18, 2)) as mark_usd
    from movements
    where account_key in (select account_key from marks)
    union all
    select account_key, due_on as on_day, 1, 0, due_on, queue_no, mark_usd from marks
    union all
    select account_key, penalty_on as on_day, 2, 0, due_on, queue_no, mark_usd from marks
    where settled_on > penalty_on

),

levels as (

    select
        account_key,
        on_day,
        due_on,
        is_asked,
        queue_no,
        mark_usd,
        {{ as_money('sum(change_usd) over days') }} as level_usd
    from asked
    window
        days as (partition by account_key order by on_day, is_asked rows between unbounded preceding and current row)

),

final as (

    select * from levels
    where is_asked > 0 and level_usd < mark_usd

)

select * from final
