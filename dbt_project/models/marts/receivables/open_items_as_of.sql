{{ config(materialized='table_function', parameters=['as_of'], contract={'enforced': false}) }}

with open_rows as (

    select
        account_key,
        queue_no,
        service,
        posted_on,
        due_on,
        net_usd,
        cast(as_of as date) as at_on
    from {{ ref('int_receivables__queue') }}
    where from_on <= cast(as_of as date) and to_on > cast(as_of as date)

),

balances_at as (

    select
        account_key,
        balance_usd,
        cast(as_of as date) as at_on
    from {{ ref('int_receivables__balances') }}
    where from_on <= cast(as_of as date) and to_on > cast(as_of as date)

),

open_items as (

    {{ settle('open_rows', 'balances_at') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

debits as (

    select * from {{ ref('int_receivables__debits') }}

)

select
    accounts.utility_id,
    accounts.account_id,
    {{ posting_id('debits') }} as posting_id,
    open_items.service,
    open_items.posted_on,
    open_items.due_on,
    debits.amount_usd,
    open_items.open_usd,
    open_items.at_on as as_of_on
from open_items
inner join accounts
    on open_items.account_key = accounts.account_key
inner join debits
    on open_items.account_key = debits.account_key and open_items.queue_no = debits.queue_no
