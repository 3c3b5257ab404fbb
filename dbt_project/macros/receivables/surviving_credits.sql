{# What survives of each credit, numbered in the order in which credits are laid along the queue.

   movements: a relation of account_key, posting_id, posted_on, posting_kind, posting_detail, bill_id, fits_class, named_service,
              reverses_posting_id, amount_usd: what is posted by the day that is asked for and is not a debit. #}
{% macro surviving_credits(movements) %}
    select
        movements.account_key,
        cast(
            row_number() over (
                partition by movements.account_key order by movements.posted_on, movements.posting_id
            ) as integer
        ) as credit_no,
        movements.posting_id,
        movements.posted_on,
        movements.posting_kind,
        movements.posting_detail,
        movements.bill_id,
        movements.fits_class as debit_class,
        movements.named_service as service,
        cast(-movements.amount_usd - coalesce(returned.returned_usd, 0) as decimal(18, 2)) as amount_usd
    from {{ movements }} as movements
    left join (
        select account_key, reverses_posting_id as posting_id, sum(amount_usd) as returned_usd
        from {{ movements }}
        where amount_usd > 0
        group by account_key, reverses_posting_id
    ) as returned
        on movements.account_key = returned.account_key and movements.posting_id = returned.posting_id
    where -movements.amount_usd > coalesce(returned.returned_usd, 0)
{% endmacro %}
