{{ config(materialized='view') }}

with balances as (

    select * from {{ ref('int_receivables__balances') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

final as (

    select
        accounts.utility_id,
        {{ sum_money('balances.balance_usd') }} as balance_usd
    from balances
    inner join accounts
        on balances.account_key = accounts.account_key
    where balances.to_on = {{ end_of_time() }}
    group by accounts.utility_id

)

select * from final
