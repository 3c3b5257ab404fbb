-- What each account owes on the as-of date, settled as on any other day.
with accounts as (

    select
        accounts.account_key,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join {{ ref('int_quality__utilities') }} as utilities
        on accounts.utility_id = utilities.utility_id

),

open_rows as (

    select
        queue.account_key,
        queue.place_no,
        queue.due_on,
        queue.net_usd,
        accounts.as_of_on as at_on
    from {{ ref('int_receivables__queue') }} as queue
    inner join accounts
        on queue.account_key = accounts.account_key
    where queue.from_on <= accounts.as_of_on and queue.to_on > accounts.as_of_on

),

balances_at as (

    select
        balances.account_key,
        balances.balance_usd,
        accounts.as_of_on as at_on
    from {{ ref('int_receivables__balances') }} as balances
    inner join accounts
        on balances.account_key = accounts.account_key
    where balances.from_on <= accounts.as_of_on and balances.to_on > accounts.as_of_on

),

open_items as (

    {{ settle('open_rows', 'balances_at') }}

),

final as (

    select
        account_key,
        min(due_on) as oldest_due_on,
        {{ sum_money('open_usd') }} as open_usd,
        {{ sum_money('case when due_on < at_on then open_usd end') }} as past_due_usd
    from open_items
    group by account_key

)

select * from final
