with judged_assistance as (

    select * from {{ ref('int_receivables__judged_assistance') }}

),

final as (

    select
        utility_id,
        source_entity,
        source_id,
        account_id,
        money_kind,
        programme,
        programme_title,
        service,
        given_on,
        posted_on,
        amount_usd,
        is_eligible,
        breach
    from judged_assistance

)

select * from final
