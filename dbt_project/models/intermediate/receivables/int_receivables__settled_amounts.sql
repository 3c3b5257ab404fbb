-- What has been paid of all debits by the as-of date, from settlement and not from pairs: what pairs must add up to.
{{ config(materialized='view') }}

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
        queue.*,
        accounts.as_of_on as at_on
    from {{ ref('int_receivables__queue') }} as queue
    inner join accounts
        on queue.account_key = accounts.account_key
    where queue.from_on <= accounts.as_of_on and queue.to_on > accounts.as_of_on

),

balances_at as (

    select
        balances.*,
        accounts.as_of_on as at_on
    from {{ ref('int_receivables__balances') }} as balances
    inner join accounts
        on balances.account_key = accounts.account_key
    where balances.from_on <= accounts.as_of_on and balances.to_on > accounts.as_of_on

),

open_items as (

    {{ settle('open_rows', 'balances_at') }}

),

amounts as (

    select
        debits.account_key,
        debits.amount_usd
    from {{ ref('int_receivables__debits') }} as debits
    inner join accounts
        on debits.account_key = accounts.account_key
    where debits.posted_on <= accounts.as_of_on
    union all
    select
        account_key,
        -open_usd as amount_usd
    from open_items

),

final as (

    select
        account_key,
        {{ sum_money('amount_usd') }} as settled_usd
    from amounts
    group by account_key

)

select * from final
