with amounts as (

    select * from {{ ref('int_penalties__impact_amounts') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

final as (

    select
        amounts.utility_id,
        accounts.account_id,
        amounts.component,
        amounts.month_end_on,
        amounts.covered_by,
        amounts.customer_class,
        amounts.billing_group,
        amounts.amount_usd,
        amounts.dollar_days_usd,
        amounts.item_count
    from amounts
    inner join accounts
        on amounts.account_key = accounts.account_key

)

select * from final
