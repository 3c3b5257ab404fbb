with dates as (

    select * from {{ ref('int_penalties__dates') }}

),

balances as (

    select * from {{ ref('int_penalties__balances') }}

),

returns as (

    select * from {{ ref('int_penalties__late_returns') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

-- Of a return it is asked what would have been open at the penalty date without the payment.
judged as (

    select
        account_key,
        penalty_on,
        penalty_on as at_on,
        false as is_on_return,
        balance_usd - pending_usd as balance_usd
    from balances
    union all
    select
        returns.account_key,
        returns.penalty_on,
        returns.returned_on as at_on,
        true as is_on_return,
        coalesce(balances.balance_usd - balances.pending_usd, 0) + returns.returned_usd as balance_usd
    from returns
    left join balances
        on returns.account_key = balances.account_key and returns.penalty_on = balances.penalty_on

),

final as (

    select
        dates.account_key,
        dates.utility_id,
        dates.bill_id,
        dates.billed_on,
        dates.due_on,
        dates.customer_class,
        dates.penalty_on,
        dates.month_no,
        judged.at_on,
        judged.is_on_return,
        case when judged.is_on_return then judged.at_on else dates.assess_on end as assess_on,
        {{ as_money('judged.balance_usd') }} as balance_usd
    from judged
    inner join dates
        on judged.account_key = dates.account_key and judged.penalty_on = dates.penalty_on
    inner join rules
        on
            dates.utility_id = rules.utility_id
            and dates.penalty_on >= rules.from_on
            and dates.penalty_on < rules.to_on
    where
        judged.balance_usd > 0
        -- nothing is past due where the balance is no more than what the next bill brought
        and (judged.is_on_return or rules.base_scope != 'past_due' or judged.balance_usd > dates.next_bill_usd)

)

select * from final
