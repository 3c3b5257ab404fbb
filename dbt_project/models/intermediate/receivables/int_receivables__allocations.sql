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
        debits.bill_id,
        debits.debit_class,
        debits.service,
        debits.is_named,
        debits.amount_usd,
        case when debits.due_known_on <= accounts.as_of_on then 0 else 1 end as is_due_unknown
    from {{ ref('int_receivables__debits') }} as debits
    inner join accounts
        on debits.account_key = accounts.account_key and debits.posted_on <= accounts.as_of_on

),

{{ allocation_ctes('debits', 'credits') }},

final as (

    select * from allocated

)

select * from final
