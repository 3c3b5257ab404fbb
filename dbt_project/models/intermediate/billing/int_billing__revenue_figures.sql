{{ config(materialized='view') }}

with earned as (

    select * from {{ ref('int_billing__earned_months') }}

),

unbilled as (

    select * from {{ ref('int_billing__unbilled_months') }}

),

known as (

    select * from {{ ref('int_billing__known_unbilled') }}

),

final as (

    select utility_id, service, customer_class, billed_month_no as month_no, 'billed' as figure, revenue_usd as amount_usd
    from earned
    union all
    select utility_id, service, customer_class, billed_month_no, 'undated', undated_usd
    from earned
    union all
    select utility_id, service, customer_class, earned_month_no, 'earned', revenue_usd
    from earned
    union all
    select utility_id, service, customer_class, month_no, 'unbilled', unbilled_usd
    from unbilled
    union all
    select utility_id, service, customer_class, month_no + 1, 'opening_unbilled', unbilled_usd
    from unbilled
    union all
    select utility_id, service, customer_class, month_no, 'known_unbilled', unbilled_usd
    from known

)

select * from final
