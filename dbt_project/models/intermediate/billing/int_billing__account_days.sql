with accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

bills as (

    select
        account_key,
        min(billed_on) as first_billed_on
    from {{ ref('int_billing__bill_revenue') }}
    group by account_key

),

complete_days as (

    select * from {{ ref('int_billing__complete_days') }}

),

final as (

    select
        keys.account_key,
        accounts.closed_on,
        greatest(accounts.opened_on, {{ add_days('complete_days.from_on', '-1') }}) as from_on,
        -- an account without a bill for a year is a finding (rpt_never_billed), not an accrual
        least(
            coalesce(bills.first_billed_on, {{ end_of_time() }}),
            {{ add_months('greatest(accounts.opened_on, ' ~ add_days('complete_days.from_on', '-1') ~ ')', '12') }}
        ) as first_known_on
    from accounts
    inner join keys
        on accounts.utility_id = keys.utility_id and accounts.account_id = keys.account_id
    inner join complete_days
        on accounts.utility_id = complete_days.utility_id
    left join bills
        on keys.account_key = bills.account_key

)

select * from final
