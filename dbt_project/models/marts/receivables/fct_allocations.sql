{{ config(materialized='view') }}

with whole_pairs as (

    select account_key, queue_no, credit_no, is_named, amount_usd
    from {{ ref('int_receivables__allocations') }}
    where first_queue_no is null

),

-- The parts of a level bill's debit are one posting.
part_pairs as (

    select account_key, first_queue_no as queue_no, credit_no, is_named, {{ sum_money('amount_usd') }} as amount_usd
    from {{ ref('int_receivables__allocations') }}
    where first_queue_no is not null
    group by account_key, first_queue_no, credit_no, is_named

),

allocations as (

    select * from whole_pairs
    union all
    select * from part_pairs

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

debits as (

    select * from {{ ref('int_receivables__debits') }}

),

credits as (

    select * from {{ ref('int_receivables__credits') }}

),

final as (

    select
        accounts.utility_id,
        accounts.account_id,
        credits.posting_id as credit_posting_id,
        {{ posting_id('debits') }} as debit_posting_id,
        allocations.is_named,
        allocations.amount_usd,
        utilities.as_of_on
    from allocations
    inner join accounts
        on allocations.account_key = accounts.account_key
    inner join utilities
        on accounts.utility_id = utilities.utility_id
    inner join debits
        on allocations.account_key = debits.account_key and allocations.queue_no = debits.queue_no
    inner join credits
        on allocations.account_key = credits.account_key and allocations.credit_no = credits.credit_no

)

select * from final
