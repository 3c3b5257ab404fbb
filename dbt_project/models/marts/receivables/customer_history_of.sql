{{ config(materialized='table_function', parameters=['utility', 'customer'], contract={'enforced': false}) }}

with accounts as (

    select
        keys.account_key,
        accounts.utility_id,
        accounts.account_id,
        accounts.customer_id,
        utilities.as_of_on
    from {{ ref('dim_accounts') }} as accounts
    inner join {{ ref('int_receivables__accounts') }} as keys
        on accounts.utility_id = keys.utility_id and accounts.account_id = keys.account_id
    inner join {{ ref('int_quality__utilities') }} as utilities
        on accounts.utility_id = utilities.utility_id
    where accounts.utility_id = utility and accounts.customer_id = customer

),

bills as (

    select
        accounts.account_key,
        accounts.as_of_on,
        accounts.customer_id,
        bills.*,
        lead(bills.billed_on) over (partition by bills.account_id order by bills.billed_on, bills.bill_id) as next_billed_on
    from {{ ref('int_billing__bills') }} as bills
    inner join accounts
        on bills.utility_id = accounts.utility_id and bills.account_id = accounts.account_id
    where bills.bill_kind != 'cancel' and bills.billed_on <= accounts.as_of_on

),

due_dates as (

    select * from {{ ref('int_receivables__due_dates') }}
    where account_key in (select account_key from accounts)

),

-- A debit leaves the queue on the day on which it is settled for good.
settled as (

    select
        account_key,
        posted_on,
        due_on,
        max(to_on) as settled_on
    from {{ ref('int_receivables__queue') }}
    where account_key in (select account_key from accounts)
    group by account_key, posted_on, due_on

),

balances as (

    select * from {{ ref('int_receivables__balances') }}
    where account_key in (select account_key from accounts)

),

-- A penalty that names no bill belongs to the account's latest bill before it.
penalties as (

    select
        bills.account_key,
        bills.bill_id,
        sum(postings.amount_usd) as penalty_usd
    from {{ ref('int_receivables__postings') }} as postings
    inner join bills
        on
            postings.account_key = bills.account_key
            and case
                when postings.bill_id is not null then postings.bill_id = bills.bill_id
                else postings.posted_on > bills.billed_on and postings.posted_on <= coalesce(bills.next_billed_on, {{ end_of_time() }})
            end
    where
        postings.account_key in (select account_key from accounts)
        and postings.posting_kind = 'penalty'
        and postings.posted_on <= bills.as_of_on
    group by bills.account_key, bills.bill_id

),

dated as (

    select
        bills.*,
        due_dates.penalty_on as penalised_after_on,
        case
            when settled.settled_on is null then bills.billed_on
            when settled.settled_on <= bills.as_of_on then settled.settled_on
        end as paid_on,
        coalesce(penalties.penalty_usd, 0) as penalty_usd,
        coalesce(balances.balance_usd, 0) as balance_usd
    from bills
    left join due_dates
        on bills.account_key = due_dates.account_key and bills.due_on = due_dates.due_on
    left join settled
        on bills.account_key = settled.account_key and bills.billed_on = settled.posted_on and bills.due_on = settled.due_on
    left join penalties
        on bills.account_key = penalties.account_key and bills.bill_id = penalties.bill_id
    left join balances
        on
            bills.account_key = balances.account_key
            and bills.billed_on >= balances.from_on
            and bills.billed_on < balances.to_on

)

select
    utility_id,
    customer_id,
    account_id,
    bill_id,
    bill_kind,
    billed_on,
    due_on,
    coalesce(penalised_after_on, penalty_on) as penalty_on,
    cancelled_on,
    amount_usd,
    paid_on,
    cast(greatest(0, {{ days_between('due_on', 'coalesce(paid_on, as_of_on)') }}) as integer) as days_late,
    {{ as_money('penalty_usd') }} as penalty_usd,
    {{ as_money('balance_usd') }} as balance_usd,
    as_of_on
from dated
