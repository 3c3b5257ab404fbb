-- The books' view of aging: what each account owes at a month end by adding up its postings, without any settlement.
{{ config(materialized='view') }}

with balances as (

    select * from {{ ref('int_receivables__balances') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

exploded as (

    select
        accounts.utility_id,
        accounts.account_id,
        balances.balance_usd,
        {{ explode_range(month_number('balances.from_on'), 'least(' ~ month_number('balances.to_on') ~ ' - 1, ' ~ month_number('utilities.as_of_on') ~ ')') }} as month_no,
        utilities.as_of_on
    from balances
    inner join accounts
        on balances.account_key = accounts.account_key
    inner join utilities
        on accounts.utility_id = utilities.utility_id

),

final as (

    select
        exploded.utility_id,
        exploded.account_id,
        month_ends.month_end_on,
        exploded.balance_usd
    from exploded
    inner join month_ends
        on exploded.month_no = month_ends.month_no and exploded.as_of_on >= month_ends.month_end_on

)

select * from final
