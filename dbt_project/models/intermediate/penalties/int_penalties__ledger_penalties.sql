-- The ledger's view of penalties: its postings by the as-of date, whatever bill they belong to.
{{ config(materialized='view') }}

with postings as (

    select * from {{ ref('int_receivables__postings') }}
    where posting_kind = 'penalty'

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

final as (

    select
        accounts.utility_id,
        accounts.account_id,
        {{ sum_money('postings.amount_usd') }} as assessed_usd
    from postings
    inner join accounts
        on postings.account_key = accounts.account_key
    inner join utilities
        on accounts.utility_id = utilities.utility_id and postings.posted_on <= utilities.as_of_on
    group by accounts.utility_id, accounts.account_id

)

select * from final
