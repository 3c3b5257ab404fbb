with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

movements as (

    select
        postings.*,
        {{ posting_id('postings') }} as posting_id
    from {{ ref('int_receivables__postings') }} as postings
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on postings.account_key = accounts.account_key
    inner join utilities
        on accounts.utility_id = utilities.utility_id and postings.posted_on <= utilities.as_of_on
    where postings.debit_class is null

),

final as (

    {{ surviving_credits('movements') }}

)

select * from final
