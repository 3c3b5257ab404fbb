-- A table of their own tells the engine how few the unpaid items are beside all debits.
with unpaid_items as (

    select * from {{ ref('int_penalties__unpaid_items') }}

),

debits as (

    select * from {{ ref('int_receivables__debits') }}

),

final as (

    select
        unpaid_items.account_key,
        unpaid_items.at_on,
        unpaid_items.service,
        unpaid_items.due_on,
        unpaid_items.open_usd,
        debits.debit_class,
        debits.due_known_on,
        case when debits.source_entity = 'bills' then debits.source_id end as bill_id,
        debits.posted_on
    from unpaid_items
    inner join debits
        on
            {{ numbered_key('unpaid_items.account_key', 'unpaid_items.queue_no') }} = {{ numbered_key('debits.account_key', 'debits.queue_no') }}

)

select * from final
