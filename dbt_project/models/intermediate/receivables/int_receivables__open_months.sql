with queue as (

    select * from {{ ref('int_receivables__queue') }}

),

balances as (

    select * from {{ ref('int_receivables__balances') }}

),

month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

last_month as (

    select max(month_no) as month_no from month_ends

),

-- An interval [from, to) contains the ends of the months from that of its first day to the one before that of its last.
queue_months as (

    select
        queue.*,
        {{ explode_range(month_number('queue.from_on'), 'least(' ~ month_number('queue.to_on') ~ ' - 1, last_month.month_no)') }} as month_no
    from queue
    cross join last_month

),

balance_months as (

    select
        balances.*,
        {{ explode_range(month_number('balances.from_on'), 'least(' ~ month_number('balances.to_on') ~ ' - 1, last_month.month_no)') }} as month_no
    from balances
    cross join last_month

),

open_rows as (

    select
        queue_months.account_key,
        queue_months.place_no,
        queue_months.service,
        queue_months.posted_on,
        queue_months.due_on,
        queue_months.net_usd,
        month_ends.month_end_on as at_on
    from queue_months
    inner join month_ends
        on queue_months.month_no = month_ends.month_no

),

balances_at as (

    select
        balance_months.account_key,
        balance_months.balance_usd,
        month_ends.month_end_on as at_on
    from balance_months
    inner join month_ends
        on balance_months.month_no = month_ends.month_no

),

open_items as (

    {{ settle('open_rows', 'balances_at') }}

),

final as (

    select
        account_key,
        at_on,
        service,
        posted_on,
        due_on,
        open_usd
    from open_items

)

select * from final
