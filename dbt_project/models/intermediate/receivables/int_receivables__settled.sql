{{ config(materialized='view') }}

with debits as (

    select * from {{ ref('int_receivables__debits') }}

),

postings as (

    select * from {{ ref('int_receivables__postings') }}

),

-- What credits have reached by a day, less what credits naming a bill may have taken from debits posted by then.
level_changes as (

    select
        account_key,
        posted_on as on_day,
        -amount_usd as change_usd
    from postings
    where debit_class is null
    union all
    select
        account_key,
        posted_on as on_day,
        -most_named_usd as change_usd
    from debits
    where most_named_usd > 0

),

daily_changes as (

    select
        account_key,
        on_day,
        sum(change_usd) as change_usd
    from level_changes
    group by account_key, on_day

),

levels as (

    select
        account_key,
        on_day,
        sum(change_usd) over (
            partition by account_key order by on_day rows between unbounded preceding and current row
        ) as level_usd
    from daily_changes

),

-- The level that is never undercut again from a day on.
lasting_levels as (

    select
        account_key,
        on_day,
        min(level_usd) over (
            partition by account_key order by on_day rows between current row and unbounded following
        ) as lasting_level_usd
    from levels

),

-- A part of a level bill may stand before anything else that waits, from its posting on.
standing as (

    select account_key, queue_no, 1 as is_debit, coalesce(due_known_on, {{ end_of_time() }}) as stands_on, least_hi_usd
    from debits
    union all
    select account_key, queue_no, 0 as is_debit, posted_on as stands_on, least_hi_usd
    from debits
    where waiting_no is not null and source_entity = 'bills'

),

-- A debit waits behind whatever may ever stand before it: also behind what is due later but was posted while its own due date
-- was not known. The highest running sum among those is what must be covered before this debit is.
waiting as (

    select
        account_key,
        queue_no,
        is_debit,
        max(least_hi_usd) over (
            partition by account_key order by stands_on, queue_no
            rows between unbounded preceding and current row
        ) as settled_at_usd
    from standing

),

marks as (

    select
        account_key,
        lasting_level_usd as mark_usd,
        0 as is_debit,
        on_day,
        cast(null as integer) as queue_no
    from lasting_levels
    union all
    select
        account_key,
        settled_at_usd as mark_usd,
        1 as is_debit,
        cast(null as date) as on_day,
        queue_no
    from waiting
    where is_debit = 1

),

-- A debit is settled for good from the first day whose lasting level reaches its mark: the proof is in
-- docs/decisions/0001-settle-from-the-end-of-the-queue.md.
placed as (

    select
        account_key,
        queue_no,
        is_debit,
        min(on_day) over (
            partition by account_key order by mark_usd desc, is_debit asc
            rows between unbounded preceding and current row
        ) as settled_on
    from marks

),

final as (

    select
        account_key,
        queue_no,
        settled_on
    from placed
    where is_debit = 1

)

select * from final
