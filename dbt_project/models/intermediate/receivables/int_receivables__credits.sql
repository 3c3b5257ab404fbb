with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

movements as (

    select postings.*
    from {{ ref('int_receivables__postings') }} as postings
    inner join utilities
        on postings.utility_id = utilities.utility_id and postings.posted_on <= utilities.as_of_on
    where postings.debit_class is null

),

final as (

    {{ surviving_credits('movements') }}

)

select * from final
