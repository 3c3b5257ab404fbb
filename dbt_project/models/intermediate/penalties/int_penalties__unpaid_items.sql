with checks as (

    select * from {{ ref('int_penalties__checks') }}

),

named_nets as (

    select * from {{ ref('int_receivables__named_nets') }}

),

-- Where the money that comes back had named a bill, the bill is as its return leaves it.
reopened_bills as (

    select distinct checks.account_key, checks.at_on, returns.bill_id
    from checks
    inner join {{ ref('int_receivables__postings') }} as returns
        on checks.account_key = returns.account_key and returns.posted_on > checks.penalty_on and returns.posted_on <= checks.at_on
    where checks.is_on_return and returns.posting_kind = 'return' and returns.fits_class is not null

),

last_month as (

    select max(month_no) as month_no from checks

),

queue_months as (

    select
        queue.account_key,
        queue.queue_no,
        queue.place_no,
        queue.service,
        queue.due_on,
        queue.net_usd,
        queue.from_on,
        queue.to_on,
        {{ explode_range(month_number('queue.from_on'), 'least(' ~ month_number(add_days('queue.to_on', '-1')) ~ ', last_month.month_no)') }} as month_no
    from {{ ref('int_receivables__queue') }} as queue
    cross join last_month

),

open_rows as (

    select
        queue_months.account_key,
        queue_months.queue_no,
        queue_months.place_no,
        queue_months.service,
        queue_months.due_on,
        queue_months.net_usd,
        checks.at_on
    from queue_months
    inner join checks
        on
            queue_months.account_key = checks.account_key
            and queue_months.month_no = checks.month_no
            and queue_months.from_on <= checks.penalty_on
            and queue_months.to_on > checks.penalty_on
    where not checks.is_on_return

    union all

    -- The queue leaves out what is settled for good; without the returned payment that might not be.
    select
        debits.account_key,
        debits.queue_no,
        case when debits.due_known_on <= checks.penalty_on then debits.queue_no else debits.waiting_no end as place_no,
        debits.service,
        case when debits.due_known_on <= checks.penalty_on then debits.due_on end as due_on,
        coalesce(named_nets.net_usd, debits.amount_usd) as net_usd,
        checks.at_on
    from {{ ref('int_receivables__debits') }} as debits
    inner join checks
        on debits.account_key = checks.account_key and debits.posted_on <= checks.penalty_on
    left join reopened_bills
        on
            checks.account_key = reopened_bills.account_key
            and checks.at_on = reopened_bills.at_on
            and debits.bill_id = reopened_bills.bill_id
    left join named_nets
        on
            debits.is_named
            and debits.account_key = named_nets.account_key
            and debits.queue_no = named_nets.queue_no
            and coalesce(reopened_bills.at_on, checks.penalty_on) >= named_nets.from_on
            and coalesce(reopened_bills.at_on, checks.penalty_on) < named_nets.to_on
    where checks.is_on_return and coalesce(named_nets.net_usd, debits.amount_usd) > 0

),

settled as (

    {{ settle('open_rows', 'checks') }}

),

-- Where only what is past due bears penalties, the rest need not be looked at any more.
past_due_utilities as (

    select
        utility_id,
        min(case when base_scope = 'past_due' then 1 else 0 end) = 1 as is_past_due_only
    from {{ ref('int_penalties__rules') }}
    group by utility_id

),

final as (

    select
        settled.account_key,
        settled.at_on,
        settled.queue_no,
        settled.service,
        settled.due_on,
        settled.open_usd
    from settled
    inner join checks
        on settled.account_key = checks.account_key and settled.at_on = checks.at_on
    inner join past_due_utilities
        on checks.utility_id = past_due_utilities.utility_id
    where not past_due_utilities.is_past_due_only or settled.due_on <= checks.penalty_on

)

select * from final
