{{ config(materialized='table_function', parameters=['as_of'], contract={'enforced': false}) }}

with open_rows as (

    select
        account_key,
        queue_no,
        place_no,
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

),

-- Parts of a level bill whose due dates are the same, or are not known yet, are one: later bills must not show in an earlier answer.
parts as (

    select
        account_key,
        queue_no,
        min(queue_no) over parted as first_queue_no,
        sum(amount_usd) over parted as amount_usd
    from debits
    where is_part
    window
        parted as (
            partition by account_key, source_id, service, case when due_known_on <= cast(as_of as date) then due_on end
        )

),

items as (

    select
        open_items.account_key,
        coalesce(parts.first_queue_no, open_items.queue_no) as queue_no,
        open_items.due_on,
        open_items.at_on,
        max(parts.amount_usd) as part_usd,
        sum(open_items.open_usd) as open_usd
    from open_items
    left join parts
        on open_items.account_key = parts.account_key and open_items.queue_no = parts.queue_no
    group by
        open_items.account_key, coalesce(parts.first_queue_no, open_items.queue_no), open_items.due_on, open_items.at_on

)

select
    accounts.utility_id,
    accounts.account_id,
    {{ posting_id('debits') }} as posting_id,
    debits.service,
    debits.posted_on,
    items.due_on,
    {{ as_money('coalesce(items.part_usd, debits.amount_usd)') }} as amount_usd,
    {{ as_money('items.open_usd') }} as open_usd,
    items.at_on as as_of_on
from items
inner join accounts
    on items.account_key = accounts.account_key
inner join debits
    on items.account_key = debits.account_key and items.queue_no = debits.queue_no
