with leak_credits as (

    select * from {{ ref('int_receivables__leak_credits') }}

),

final as (

    select
        utility_id,
        adjustment_id,
        account_id,
        premise_id,
        bill_id,
        service,
        credit_usd,
        requested_on,
        approved_on,
        posted_on,
        document_ref,
        credit_no,
        is_over_limit,
        is_approved,
        has_documents,
        needs_documents,
        is_posted_in_month
    from leak_credits

)

select * from final
