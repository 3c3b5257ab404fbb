with accounts as (

    select
        accounts.account_key,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join {{ ref('int_quality__utilities') }} as utilities
        on accounts.utility_id = utilities.utility_id

),

credits as (

    select * from {{ ref('int_receivables__credits') }}

),

debits as (

    select
        debits.account_key,
        debits.queue_no,
        case when debits.due_known_on <= accounts.as_of_on then debits.queue_no else debits.waiting_no end as place_no,
        debits.bill_id,
        debits.debit_class,
        debits.service,
        debits.is_named,
        debits.amount_usd
    from {{ ref('int_receivables__debits') }} as debits
    inner join accounts
        on debits.account_key = accounts.account_key and debits.posted_on <= accounts.as_of_on

),

{{ allocation_ctes('debits', 'credits') }},

parts as (

    select
        account_key,
        queue_no,
        min(queue_no) over (partition by account_key, source_id, service) as first_queue_no
    from {{ ref('int_receivables__debits') }}
    where is_part

),

final as (

    select
        allocated.*,
        parts.first_queue_no
    from allocated
    left join parts
        on allocated.account_key = parts.account_key and allocated.queue_no = parts.queue_no

)

select * from final
