with deposits as (

    select * from {{ ref('int_receivables__deposits') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

balances as (

    select * from {{ ref('int_receivables__balances') }}

),

penalties as (

    select * from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind = 'penalty' and amount_usd > 0

),

rules as (

    select * from {{ ref('int_receivables__credit_rules') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

held as (

    select
        deposits.utility_id,
        deposits.account_id,
        utilities.as_of_on,
        rules.refund_after_months,
        max(deposits.fund) as fund,
        sum(deposits.change_usd) as held_usd,
        max(case when deposits.deposit_kind = 'received' then deposits.posted_on end) as received_on
    from deposits
    inner join utilities
        on deposits.utility_id = utilities.utility_id
    inner join rules
        on
            deposits.utility_id = rules.utility_id
            and utilities.as_of_on >= rules.from_on
            and utilities.as_of_on < rules.to_on
    group by deposits.utility_id, deposits.account_id, utilities.as_of_on, rules.refund_after_months
    having sum(deposits.change_usd) > 0

),

last_penalties as (

    select
        held.utility_id,
        held.account_id,
        max(penalties.posted_on) as last_penalty_on
    from held
    inner join penalties
        on
            held.utility_id = penalties.utility_id
            and held.account_id = penalties.account_id
            and held.as_of_on >= penalties.posted_on
    group by held.utility_id, held.account_id

),

judged as (

    select
        held.*,
        accounts.customer_class,
        accounts.account_status,
        last_penalties.last_penalty_on,
        coalesce(balances.balance_usd, 0) as balance_usd,
        case when accounts.closed_on <= held.as_of_on then accounts.closed_on end as ended_on,
        {{ add_months('greatest(held.received_on, coalesce(last_penalties.last_penalty_on, held.received_on))', 'held.refund_after_months') }} as refund_on
    from held
    inner join accounts
        on held.utility_id = accounts.utility_id and held.account_id = accounts.account_id
    inner join keys
        on held.utility_id = keys.utility_id and held.account_id = keys.account_id
    left join last_penalties
        on held.utility_id = last_penalties.utility_id and held.account_id = last_penalties.account_id
    left join balances
        on
            keys.account_key = balances.account_key
            and held.as_of_on >= balances.from_on
            and held.as_of_on < balances.to_on

),

final as (

    select
        utility_id,
        account_id,
        as_of_on,
        case when ended_on is not null then 'apply_to_final' else 'refund_due' end as answer,
        coalesce(ended_on, refund_on) as since_on,
        customer_class,
        account_status,
        fund,
        received_on,
        last_penalty_on,
        {{ as_money('held_usd') }} as held_usd,
        {{ as_money('balance_usd') }} as balance_usd,
        case when ended_on is not null then {{ as_money('least(held_usd, greatest(balance_usd, 0))') }} else {{ as_money('0') }} end as apply_usd,
        case when ended_on is not null then {{ as_money('held_usd - least(held_usd, greatest(balance_usd, 0))') }} else {{ as_money('held_usd') }} end as refund_usd
    from judged
    where ended_on is not null or (refund_after_months > 0 and refund_on <= as_of_on)

)

select * from final
