with returns as (

    select * from {{ ref('int_penalties__late_returns') }}

),

balances as (

    select * from {{ ref('int_receivables__balances') }}

),

late_postings as (

    select
        accounts.account_key,
        payments.received_on,
        payments.posted_on,
        payments.amount_usd
    from {{ ref('stg_extracts__payments') }} as payments
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on payments.utility_id = accounts.utility_id and payments.account_id = accounts.account_id
    where payments.received_on < payments.posted_on

),

-- Money received the evening before that is posted later has paid already.
pending as (

    select
        returns.account_key,
        returns.penalty_on,
        returns.returned_on,
        {{ sum_money('late_postings.amount_usd') }} as pending_usd
    from returns
    inner join late_postings
        on
            returns.account_key = late_postings.account_key
            and returns.returned_on > late_postings.received_on
            and returns.returned_on <= late_postings.posted_on
    group by returns.account_key, returns.penalty_on, returns.returned_on

),

final as (

    select
        returns.account_key,
        returns.penalty_on,
        returns.returned_on,
        {{ as_money('greatest(0, coalesce(balances.balance_usd, 0) - coalesce(pending.pending_usd, 0) + returns.came_back_usd)') }} as open_usd
    from returns
    left join balances
        on
            returns.account_key = balances.account_key
            and {{ add_days('returns.returned_on', '-1') }} >= balances.from_on
            and {{ add_days('returns.returned_on', '-1') }} < balances.to_on
    left join pending
        on
            returns.account_key = pending.account_key
            and returns.penalty_on = pending.penalty_on
            and returns.returned_on = pending.returned_on

)

select * from final
