{# Pairs of debits and credits that meet when both are laid end to end: break points of the one against those of the other.

   debits, credits: relations with the keys, posting_id and amount_usd > 0.
   keys:            the columns within which credits may meet debits.
   debit_order, credit_order: the order in which each side is laid. #}
{% macro match_in_order(debits, credits, keys, debit_order, credit_order) %}
    select
        {{ keys | join(', ') }},
        debit_posting_id,
        credit_posting_id,
        cast(matched_usd as decimal(18, 2)) as amount_usd
    from (
        select
            {{ keys | join(', ') }},
            {{ first_known('debit_id') }} over ahead as debit_posting_id,
            {{ first_known('credit_id') }} over ahead as credit_posting_id,
            hi_usd - coalesce(
                lag(hi_usd) over (partition by {{ keys | join(', ') }} order by hi_usd, is_credit), 0
            ) as matched_usd
        from (
            select
                {{ keys | join(', ') }},
                posting_id as debit_id,
                cast(null as varchar) as credit_id,
                0 as is_credit,
                sum(amount_usd) over (
                    partition by {{ keys | join(', ') }} order by {{ debit_order }}
                    rows between unbounded preceding and current row
                ) as hi_usd
            from {{ debits }}
            union all
            select
                {{ keys | join(', ') }},
                cast(null as varchar) as debit_id,
                posting_id as credit_id,
                1 as is_credit,
                sum(amount_usd) over (
                    partition by {{ keys | join(', ') }} order by {{ credit_order }}
                    rows between unbounded preceding and current row
                ) as hi_usd
            from {{ credits }}
        ) as break_points
        window
            ahead as (
                partition by {{ keys | join(', ') }} order by hi_usd, is_credit
                rows between current row and unbounded following
            )
    ) as met
    where matched_usd > 0 and debit_posting_id is not null and credit_posting_id is not null
{% endmacro %}


{# How credits were applied to debits, as a list of CTEs that ends with `allocated` (account_key, debit_posting_id,
   credit_posting_id, amount_usd, is_named).

   debits:    a relation of account_key, queue_no, posting_id, bill_id, debit_class, service, is_named, is_due_unknown, amount_usd
              posted by the day that is asked for.
   movements: a relation of account_key, posting_id, posted_on, bill_id, fits_class, named_service, reverses_posting_id,
              amount_usd: what is posted by that day and is not a debit. #}
{% macro allocation_ctes(debits, movements) %}
returned as (

    select account_key, reverses_posting_id as posting_id, sum(amount_usd) as returned_usd
    from {{ movements }}
    where amount_usd > 0
    group by account_key, reverses_posting_id

),

surviving_credits as (

    select
        movements.account_key,
        movements.posting_id,
        movements.posted_on,
        movements.bill_id,
        movements.fits_class as debit_class,
        movements.named_service as service,
        -movements.amount_usd - coalesce(returned.returned_usd, 0) as amount_usd
    from {{ movements }} as movements
    left join returned
        on movements.account_key = returned.account_key and movements.posting_id = returned.posting_id
    where -movements.amount_usd > coalesce(returned.returned_usd, 0)

),

named_debits as (

    select * from {{ debits }}
    where is_named

),

service_credits as (

    select * from surviving_credits
    where debit_class is not null and service is not null

),

service_pairs as (

    {{ match_in_order(
        'named_debits', 'service_credits', ['account_key', 'bill_id', 'debit_class', 'service'],
        'is_due_unknown, queue_no', 'posted_on, posting_id'
    ) }}

),

service_paid as (

    select account_key, debit_posting_id as posting_id, sum(amount_usd) as paid_usd
    from service_pairs
    group by account_key, debit_posting_id

),

named_debits_left as (

    select
        named_debits.account_key,
        named_debits.bill_id,
        named_debits.debit_class,
        named_debits.queue_no,
        named_debits.is_due_unknown,
        named_debits.posting_id,
        named_debits.amount_usd - coalesce(service_paid.paid_usd, 0) as amount_usd
    from named_debits
    left join service_paid
        on named_debits.account_key = service_paid.account_key and named_debits.posting_id = service_paid.posting_id
    where named_debits.amount_usd > coalesce(service_paid.paid_usd, 0)

),

bill_credits as (

    select * from surviving_credits
    where debit_class is not null and service is null

),

bill_pairs as (

    {{ match_in_order(
        'named_debits_left', 'bill_credits', ['account_key', 'bill_id', 'debit_class'],
        'is_due_unknown, queue_no', 'posted_on, posting_id'
    ) }}

),

named_pairs as (

    select account_key, debit_posting_id, credit_posting_id, amount_usd from service_pairs
    union all
    select account_key, debit_posting_id, credit_posting_id, amount_usd from bill_pairs

),

debits_paid as (

    select account_key, debit_posting_id as posting_id, sum(amount_usd) as paid_usd
    from named_pairs
    group by account_key, debit_posting_id

),

credits_used as (

    select account_key, credit_posting_id as posting_id, sum(amount_usd) as used_usd
    from named_pairs
    group by account_key, credit_posting_id

),

queued_debits as (

    select
        debits.account_key,
        debits.posting_id,
        debits.queue_no,
        debits.is_due_unknown,
        debits.amount_usd - coalesce(debits_paid.paid_usd, 0) as amount_usd
    from {{ debits }} as debits
    left join debits_paid
        on debits.account_key = debits_paid.account_key and debits.posting_id = debits_paid.posting_id
    where debits.amount_usd > coalesce(debits_paid.paid_usd, 0)

),

queued_credits as (

    select
        surviving_credits.account_key,
        surviving_credits.posting_id,
        surviving_credits.posted_on,
        surviving_credits.amount_usd - coalesce(credits_used.used_usd, 0) as amount_usd
    from surviving_credits
    left join credits_used
        on
            surviving_credits.account_key = credits_used.account_key
            and surviving_credits.posting_id = credits_used.posting_id
    where surviving_credits.amount_usd > coalesce(credits_used.used_usd, 0)

),

queue_pairs as (

    {{ match_in_order(
        'queued_debits', 'queued_credits', ['account_key'], 'is_due_unknown, queue_no', 'posted_on, posting_id'
    ) }}

),

allocated as (

    select *, true as is_named from named_pairs
    union all
    select account_key, debit_posting_id, credit_posting_id, amount_usd, false as is_named from queue_pairs

)
{% endmacro %}
