-- How was each payment and credit of an account applied, as of a day?
with pairs as (

    select *
    from marts.account_allocations_as_of($utility, $account, cast($as_of as date))

),

ledger as (

    select * from marts.fct_ledger
    where utility_id = $utility and account_id = $account

)

select
    credits.posted_on as credit_posted_on,
    credits.posting_kind as credit_kind,
    credits.posting_detail as credit_detail,
    debits.posted_on as debit_posted_on,
    debits.posting_kind as debit_kind,
    debits.posting_detail as debit_detail,
    debits.service,
    case when debits.due_known_on <= cast($as_of as date) then debits.due_on end as due_on,
    pairs.amount_usd as applied_usd,
    pairs.is_named,
    pairs.credit_posting_id,
    pairs.debit_posting_id
from pairs
inner join ledger as credits
    on pairs.credit_posting_id = credits.posting_id
inner join ledger as debits
    on pairs.debit_posting_id = debits.posting_id
order by credits.posted_on, pairs.credit_posting_id, debits.due_on, pairs.debit_posting_id
