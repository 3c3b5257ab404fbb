{# How credits were applied to debits, as a list of CTEs that ends with `allocated` (account_key, queue_no, credit_no, amount_usd,
   is_named).

   debits:  a relation of account_key, queue_no, bill_id, debit_class, service, is_named, place_no, amount_usd posted by the
            day that is asked for.
   credits: what `surviving_credits` gives. #}
{% macro allocation_ctes(debits, credits) %}
named_debits as (

    select * from {{ debits }}
    where is_named

),

service_credits as (

    select * from {{ credits }}
    where debit_class is not null and service is not null

),

service_pairs as (

    {{ match_in_order('named_debits', 'service_credits', ['account_key', 'bill_id', 'debit_class', 'service']) }}

),

service_paid as (

    select account_key, queue_no, sum(amount_usd) as paid_usd
    from service_pairs
    group by account_key, queue_no

),

named_debits_left as (

    select
        named_debits.account_key,
        named_debits.bill_id,
        named_debits.debit_class,
        named_debits.queue_no,
        named_debits.place_no,
        named_debits.amount_usd - coalesce(service_paid.paid_usd, 0) as amount_usd
    from named_debits
    left join service_paid
        on named_debits.account_key = service_paid.account_key and named_debits.queue_no = service_paid.queue_no
    where named_debits.amount_usd > coalesce(service_paid.paid_usd, 0)

),

bill_credits as (

    select * from {{ credits }}
    where debit_class is not null and service is null

),

bill_pairs as (

    {{ match_in_order('named_debits_left', 'bill_credits', ['account_key', 'bill_id', 'debit_class']) }}

),

named_pairs as (

    select account_key, queue_no, credit_no, amount_usd from service_pairs
    union all
    select account_key, queue_no, credit_no, amount_usd from bill_pairs

),

debits_paid as (

    select account_key, queue_no, sum(amount_usd) as paid_usd
    from named_pairs
    group by account_key, queue_no

),

credits_used as (

    select account_key, credit_no, sum(amount_usd) as used_usd
    from named_pairs
    group by account_key, credit_no

),

queued_debits as (

    select
        debits.account_key,
        debits.queue_no,
        debits.place_no,
        debits.amount_usd - coalesce(debits_paid.paid_usd, 0) as amount_usd
    from {{ debits }} as debits
    left join debits_paid
        on debits.account_key = debits_paid.account_key and debits.queue_no = debits_paid.queue_no
    where debits.amount_usd > coalesce(debits_paid.paid_usd, 0)

),

queued_credits as (

    select
        credits.account_key,
        credits.credit_no,
        credits.amount_usd - coalesce(credits_used.used_usd, 0) as amount_usd
    from {{ credits }} as credits
    left join credits_used
        on credits.account_key = credits_used.account_key and credits.credit_no = credits_used.credit_no
    where credits.amount_usd > coalesce(credits_used.used_usd, 0)

),

queue_pairs as (

    {{ match_in_order('queued_debits', 'queued_credits', ['account_key']) }}

),

allocated as (

    select *, true as is_named from named_pairs
    union all
    select account_key, queue_no, credit_no, amount_usd, false as is_named from queue_pairs

)
{% endmacro %}
