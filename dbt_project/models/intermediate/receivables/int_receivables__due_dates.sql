with bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel' and amount_usd > 0

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

rules as (

    select * from {{ ref('int_receivables__collection_rules') }}

),

dated as (

    select
        accounts.account_key,
        bills.utility_id,
        bills.due_on,
        bills.billed_on,
        bills.amount_usd,
        greatest(bills.due_on, coalesce(bills.penalty_on, {{ add_days('bills.due_on', 'rules.grace_days') }})) as penalty_on,
        bills.cancelled_on
    from bills
    inner join accounts
        on bills.utility_id = accounts.utility_id and bills.account_id = accounts.account_id
    inner join rules
        on
            bills.utility_id = rules.utility_id
            and bills.billed_on >= rules.from_on
            and bills.billed_on < rules.to_on

),

-- A bill that was taken back before its penalty date was never anybody's to pay.
final as (

    select
        account_key,
        utility_id,
        due_on,
        max(penalty_on) as penalty_on,
        max(billed_on) as billed_on,
        {{ sum_money('amount_usd') }} as amount_usd
    from dated
    where cancelled_on is null or cancelled_on > penalty_on
    group by account_key, utility_id, due_on

)

select * from final
