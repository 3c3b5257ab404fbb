-- A late return cannot bear a penalty on more than is owed when it comes: the balance of the evening before, with what comes back, money on the way
-- taken off. So the fee of the return is not in it.
with returns as (

    select
        returns.account_key,
        accounts.utility_id,
        accounts.account_id,
        returns.returned_on,
        {{ add_days('returns.returned_on', '-1') }} as evening_on,
        returns.returned_that_day_usd
    from {{ ref('int_penalties__late_returns') }} as returns
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on returns.account_key = accounts.account_key

),

balances as (

    select * from {{ ref('int_receivables__balances') }}

),

payments as (

    select * from {{ ref('stg_extracts__payments') }}
    where received_on < posted_on

),

parts as (

    select
        account_key,
        returned_on,
        returned_that_day_usd as part_usd
    from returns
    union all
    select
        returns.account_key,
        returns.returned_on,
        balances.balance_usd as part_usd
    from returns
    inner join balances
        on
            returns.account_key = balances.account_key
            and returns.evening_on >= balances.from_on
            and returns.evening_on < balances.to_on
    union all
    select
        returns.account_key,
        returns.returned_on,
        -payments.amount_usd as part_usd
    from returns
    inner join payments
        on
            returns.utility_id = payments.utility_id
            and returns.account_id = payments.account_id
            and returns.evening_on >= payments.received_on
            and returns.evening_on < payments.posted_on

),

final as (

    select
        account_key,
        returned_on as at_on,
        {{ as_money('greatest(0, sum(part_usd))') }} as open_usd
    from parts
    group by account_key, returned_on

)

select * from final
