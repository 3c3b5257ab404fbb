with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

accounts as (

    select
        accounts.*,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join utilities
        on accounts.utility_id = utilities.utility_id

),

debits as (

    select
        debits.*,
        case when debits.due_known_on <= accounts.as_of_on then 0 else 1 end as is_due_unknown
    from {{ ref('int_receivables__debits') }} as debits
    inner join accounts
        on debits.account_key = accounts.account_key and debits.posted_on <= accounts.as_of_on

),

movements as (

    select postings.*
    from {{ ref('int_receivables__postings') }} as postings
    inner join accounts
        on postings.account_key = accounts.account_key and postings.posted_on <= accounts.as_of_on
    where postings.debit_class is null

),

{{ allocation_ctes('debits', 'movements') }},

final as (

    select
        accounts.utility_id,
        accounts.account_id,
        allocated.credit_posting_id,
        allocated.debit_posting_id,
        allocated.is_named,
        allocated.amount_usd,
        accounts.as_of_on
    from allocated
    inner join accounts
        on allocated.account_key = accounts.account_key

)

select * from final
