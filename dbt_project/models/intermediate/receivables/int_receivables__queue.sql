with debits as (

    select * from {{ ref('int_receivables__debits') }}

),

settled as (

    select * from {{ ref('int_receivables__settled') }}

),

named_nets as (

    select * from {{ ref('int_receivables__named_nets') }}

),

periods as (

    select
        debits.account_key,
        debits.queue_no,
        debits.service,
        debits.posted_on,
        debits.due_on,
        debits.due_known_on,
        debits.waiting_no,
        debits.is_named,
        debits.amount_usd,
        coalesce(settled.settled_on, {{ end_of_time() }}) as settled_on
    from debits
    inner join settled
        on debits.account_key = settled.account_key and debits.queue_no = settled.queue_no

),

final as (

    -- from the day on which the due date is known
    select
        account_key, queue_no, queue_no as place_no, service, posted_on, due_on, amount_usd as net_usd, due_known_on as from_on,
        settled_on as to_on
    from periods
    where not is_named and due_known_on < settled_on

    union all

    -- while it is not
    select
        account_key, queue_no, waiting_no as place_no, service, posted_on, cast(null as date) as due_on, amount_usd as net_usd,
        posted_on as from_on,
        least(coalesce(due_known_on, settled_on), settled_on) as to_on
    from periods
    where
        not is_named
        and posted_on < coalesce(due_known_on, {{ end_of_time() }})
        and posted_on < least(coalesce(due_known_on, settled_on), settled_on)

    union all

    -- bills that credits name
    select
        periods.account_key, periods.queue_no, named_nets.place_no, periods.service, periods.posted_on, named_nets.due_on,
        named_nets.net_usd, named_nets.from_on, least(named_nets.to_on, periods.settled_on) as to_on
    from periods
    inner join named_nets
        on periods.account_key = named_nets.account_key and periods.queue_no = named_nets.queue_no
    where named_nets.net_usd > 0 and named_nets.from_on < periods.settled_on

)

select * from final
