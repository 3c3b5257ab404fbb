-- What became of each penalty by the as-of date, by Settlement.
with debits as {{ computed_once() }} (

    select
        account_key,
        queue_no,
        source_id,
        amount_usd
    from {{ ref('int_receivables__debits') }}
    where debit_class = 'penalty' and source_entity = 'adjustments'

),

queue_numbers as (

    select account_key, queue_no from debits

),

write_offs as (

    select
        accounts.account_key,
        'adjustment:' || adjustments.adjustment_id as posting_id
    from {{ ref('int_receivables__adjustments') }} as adjustments
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on adjustments.utility_id = accounts.utility_id and adjustments.account_id = accounts.account_id
    where adjustments.adjustment_kind = 'write_off'

),

write_off_credits as {{ computed_once() }} (

    select
        credits.account_key,
        credits.credit_no
    from {{ ref('int_receivables__credits') }} as credits
    inner join write_offs
        on credits.account_key = write_offs.account_key and credits.posting_id = write_offs.posting_id

),

pairs as {{ computed_once() }} (

    select
        allocations.account_key,
        allocations.queue_no,
        allocations.credit_no,
        allocations.amount_usd
    from {{ ref('int_receivables__allocations') }} as allocations
    inner join queue_numbers
        on allocations.account_key = queue_numbers.account_key and allocations.queue_no = queue_numbers.queue_no

),

paid as (

    select
        pairs.account_key,
        pairs.queue_no,
        sum(pairs.amount_usd) as paid_usd,
        sum(case when write_off_credits.credit_no is not null then pairs.amount_usd end) as written_off_usd
    from pairs
    left join write_off_credits
        on pairs.account_key = write_off_credits.account_key and pairs.credit_no = write_off_credits.credit_no
    group by pairs.account_key, pairs.queue_no

),

final as (

    select
        debits.account_key,
        debits.source_id as adjustment_id,
        {{ as_money('debits.amount_usd - coalesce(paid.paid_usd, 0)') }} as open_usd,
        {{ as_money('coalesce(paid.written_off_usd, 0)') }} as written_off_usd
    from debits
    left join paid
        on debits.account_key = paid.account_key and debits.queue_no = paid.queue_no

)

select * from final
