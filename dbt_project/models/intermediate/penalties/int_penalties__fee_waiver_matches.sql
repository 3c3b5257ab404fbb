with fees as (

    select * from {{ ref('int_penalties__account_fees') }}

),

waivers as (

    select
        utility_id,
        account_id,
        adjustment_id,
        event_id,
        posted_on,
        {{ as_money('-amount_usd') }} as amount_usd
    from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind = 'fee_waiver' and amount_usd < 0

),

-- A waiver takes the latest fee before it, one of its own amount if there is such a one.
candidates as (

    select
        waivers.*,
        fees.adjustment_id as fee_adjustment_id,
        fees.charged_usd,
        row_number() over (
            partition by waivers.utility_id, waivers.adjustment_id
            order by
                case when fees.charged_usd = waivers.amount_usd then 0 else 1 end,
                fees.posted_on desc,
                fees.adjustment_id desc
        ) as candidate_no
    from waivers
    inner join fees
        on
            waivers.utility_id = fees.utility_id
            and waivers.account_id = fees.account_id
            and waivers.posted_on >= fees.posted_on
            and waivers.amount_usd <= fees.charged_usd

),

running as (

    select
        *,
        sum(amount_usd) over (
            partition by utility_id, fee_adjustment_id order by posted_on, adjustment_id
            rows between unbounded preceding and current row
        ) as waived_so_far_usd
    from candidates
    where candidate_no = 1

),

matched as (

    select * from running
    where waived_so_far_usd <= charged_usd

),

final as (

    select
        waivers.*,
        matched.fee_adjustment_id
    from waivers
    left join matched
        on waivers.utility_id = matched.utility_id and waivers.adjustment_id = matched.adjustment_id

)

select * from final
