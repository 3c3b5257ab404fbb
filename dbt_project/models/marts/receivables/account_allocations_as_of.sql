{{ config(materialized='table_function', parameters=['utility', 'account', 'as_of'], contract={'enforced': false}) }}

with accounts as (

    select * from {{ ref('int_receivables__accounts') }}
    where utility_id = utility and account_id = account

),

debits as (

    select
        *,
        case when due_known_on <= cast(as_of as date) then queue_no else waiting_no end as place_no
    from {{ ref('int_receivables__debits') }}
    where account_key = (select account_key from accounts) and posted_on <= cast(as_of as date)

),

movements as (

    select
        *,
        {{ posting_id('postings') }} as posting_id
    from {{ ref('int_receivables__postings') }} as postings
    where
        account_key = (select account_key from accounts)
        and posted_on <= cast(as_of as date)
        and debit_class is null

),

credits as (

    {{ surviving_credits('movements') }}

),

{{ allocation_ctes('debits', 'credits') }},

pairs as (

    select
        accounts.utility_id,
        accounts.account_id,
        credits.posting_id as credit_posting_id,
        {{ posting_id('debits') }} as debit_posting_id,
        allocated.is_named,
        allocated.amount_usd,
        cast(as_of as date) as as_of_on
    from allocated
    inner join accounts
        on allocated.account_key = accounts.account_key
    inner join debits
        on allocated.account_key = debits.account_key and allocated.queue_no = debits.queue_no
    inner join credits
        on allocated.account_key = credits.account_key and allocated.credit_no = credits.credit_no

)

select
    utility_id,
    account_id,
    credit_posting_id,
    debit_posting_id,
    is_named,
    {{ sum_money('amount_usd') }} as amount_usd,
    as_of_on
from pairs
group by utility_id, account_id, credit_posting_id, debit_posting_id, is_named, as_of_on
