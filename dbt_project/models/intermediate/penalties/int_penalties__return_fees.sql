{#- A fee that comes later than this many days after its return is not that return's. -#}
{% set days_apart = 31 %}

with returns as (

    select
        utility_id,
        account_id,
        return_id,
        posted_on,
        row_number() over (partition by utility_id, account_id, posted_on order by return_id) as number_of_day
    from {{ ref('int_penalties__returns') }}
    where is_returned_payment

),

fees as (

    select
        utility_id,
        account_id,
        adjustment_id,
        posted_on,
        row_number() over (partition by utility_id, account_id, posted_on order by adjustment_id) as number_of_day
    from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind = 'returned_payment_fee' and amount_usd > 0

),

same_day as (

    select
        returns.utility_id,
        returns.return_id,
        fees.adjustment_id
    from returns
    inner join fees
        on
            returns.utility_id = fees.utility_id
            and returns.account_id = fees.account_id
            and returns.posted_on = fees.posted_on
            and returns.number_of_day = fees.number_of_day

),

-- The rest stand in one calendar: a fee belongs to the latest return before it that has none.
calendar as (

    select
        returns.utility_id,
        returns.account_id,
        returns.posted_on,
        returns.return_id,
        cast(null as varchar) as adjustment_id
    from returns
    left join same_day
        on returns.utility_id = same_day.utility_id and returns.return_id = same_day.return_id
    where same_day.return_id is null
    union all
    select
        fees.utility_id,
        fees.account_id,
        fees.posted_on,
        cast(null as varchar) as return_id,
        fees.adjustment_id
    from fees
    left join same_day
        on fees.utility_id = same_day.utility_id and fees.adjustment_id = same_day.adjustment_id
    where same_day.adjustment_id is null

),

numbered as (

    select
        *,
        count(return_id) over (
            partition by utility_id, account_id order by posted_on, return_id nulls last, adjustment_id nulls last
            rows between unbounded preceding and current row
        ) as return_no
    from calendar

),

-- Of several fees after one return the second goes to the return before, and so on.
ranked as (

    select
        *,
        return_no + 1 - row_number() over (
            partition by utility_id, account_id, return_no, adjustment_id is null
            order by posted_on, adjustment_id nulls last
        ) as wanted_return_no
    from numbered

),

later as (

    select
        waiting.utility_id,
        waiting.return_id,
        charged.adjustment_id,
        row_number() over (partition by waiting.utility_id, waiting.return_id order by charged.posted_on, charged.adjustment_id) as fee_no
    from ranked as charged
    inner join ranked as waiting
        on
            charged.utility_id = waiting.utility_id
            and charged.account_id = waiting.account_id
            and charged.wanted_return_no = waiting.return_no
            and waiting.return_id is not null
    where
        charged.adjustment_id is not null
        and {{ days_between('waiting.posted_on', 'charged.posted_on') }} <= {{ days_apart }}

),

final as (

    select utility_id, return_id, adjustment_id from same_day
    union all
    select utility_id, return_id, adjustment_id from later
    where fee_no = 1

)

select * from final
