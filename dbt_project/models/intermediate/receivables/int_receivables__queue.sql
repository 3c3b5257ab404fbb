with debits as (

    select * from {{ ref('int_receivables__debits') }}

),

postings as (

    select * from {{ ref('int_receivables__postings') }}

),

named_nets as (

    select * from {{ ref('int_receivables__named_nets') }}

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
    from debits

),

-- A debit is settled for good from the first day whose lasting level reaches its mark.
settled as (

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

periods as (

    select
        debits.account_key,
        debits.queue_no,
        debits.service,
        debits.posted_on,
        debits.due_on,
        debits.due_known_on,
        debits.is_named,
        debits.amount_usd,
        coalesce(settled.settled_on, {{ end_of_time() }}) as settled_on
    from debits
    inner join settled
        on debits.account_key = settled.account_key and debits.queue_no = settled.queue_no and settled.is_debit = 1

),

final as (

    -- from the day on which the due date is known
    select account_key, queue_no, service, posted_on, due_on, amount_usd as net_usd, due_known_on as from_on, settled_on as to_on
    from periods
    where not is_named and due_known_on < settled_on

    union all

    -- while it is not
    select
        account_key, queue_no, service, posted_on, cast(null as date) as due_on, amount_usd as net_usd, posted_on as from_on,
        least(coalesce(due_known_on, settled_on), settled_on) as to_on
    from periods
    where
        not is_named
        and posted_on < coalesce(due_known_on, {{ end_of_time() }})
        and posted_on < least(coalesce(due_known_on, settled_on), settled_on)

    union all

    -- bills that credits name
    select
        periods.account_key, periods.queue_no, periods.service, periods.posted_on, named_nets.due_on, named_nets.net_usd,
        named_nets.from_on, least(named_nets.to_on, periods.settled_on) as to_on
    from periods
    inner join named_nets
        on periods.account_key = named_nets.account_key and periods.queue_no = named_nets.queue_no
    where named_nets.net_usd > 0 and named_nets.from_on < periods.settled_on

)

select * from final
