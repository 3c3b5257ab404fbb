-- What is judged by R54: refunds that were posted, and credit that stands on the as-of date.
with keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

balances as (

    select * from {{ ref('int_receivables__balances') }}

),

refunds as (

    select
        utility_id,
        account_id,
        adjustment_id,
        posted_on,
        requested_on,
        amount_usd
    from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind = 'refund' and amount_usd > 0

),

paid_out as (

    select
        *,
        sum(amount_usd) over (partition by utility_id, account_id, posted_on) as day_usd
    from refunds

),

-- Whoever decided saw the credit of the evening before or that of the day, and no bill of the day.
posted as (

    select
        keys.account_key,
        paid_out.utility_id,
        paid_out.account_id,
        paid_out.adjustment_id,
        paid_out.posted_on as judged_on,
        paid_out.posted_on as bills_before_on,
        paid_out.requested_on,
        paid_out.amount_usd,
        greatest(paid_out.day_usd - coalesce(days.balance_usd, 0), -coalesce(evenings.balance_usd, 0)) as credit_usd
    from paid_out
    inner join keys
        on paid_out.utility_id = keys.utility_id and paid_out.account_id = keys.account_id
    left join balances as days
        on
            keys.account_key = days.account_key
            and paid_out.posted_on >= days.from_on
            and paid_out.posted_on < days.to_on
    left join balances as evenings
        on
            keys.account_key = evenings.account_key
            and {{ add_days('paid_out.posted_on', '-1') }} >= evenings.from_on
            and {{ add_days('paid_out.posted_on', '-1') }} < evenings.to_on

),

standing as (

    select
        balances.account_key,
        keys.utility_id,
        keys.account_id,
        cast(null as varchar) as adjustment_id,
        utilities.as_of_on as judged_on,
        {{ add_days('utilities.as_of_on', '1') }} as bills_before_on,
        min(refunds.requested_on) as requested_on,
        cast(null as decimal(18, 2)) as amount_usd,
        -balances.balance_usd as credit_usd
    from balances
    inner join keys
        on balances.account_key = keys.account_key
    inner join utilities
        on keys.utility_id = utilities.utility_id
    left join refunds
        on
            keys.utility_id = refunds.utility_id
            and keys.account_id = refunds.account_id
            and utilities.as_of_on >= refunds.requested_on
            and utilities.as_of_on < refunds.posted_on
    where balances.balance_usd < 0 and balances.from_on <= utilities.as_of_on and balances.to_on > utilities.as_of_on
    group by balances.account_key, keys.utility_id, keys.account_id, utilities.as_of_on, balances.balance_usd

),

final as (

    select * from posted
    union all
    select * from standing

)

select * from final
