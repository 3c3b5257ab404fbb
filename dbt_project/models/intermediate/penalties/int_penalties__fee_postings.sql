with fees as (

    select * from {{ ref('int_penalties__account_fees') }}

),

waivers as (

    select * from {{ ref('int_penalties__fee_waiver_matches') }}

),

waived as (

    select
        utility_id,
        fee_adjustment_id,
        {{ sum_money('amount_usd') }} as waived_usd,
        max(event_id) as event_id
    from waivers
    where fee_adjustment_id is not null
    group by utility_id, fee_adjustment_id

),

posted as (

    select
        fees.*,
        coalesce(waived.waived_usd, {{ as_money('0') }}) as waived_usd,
        waived.event_id
    from fees
    left join waived
        on fees.utility_id = waived.utility_id and fees.adjustment_id = waived.fee_adjustment_id

),

-- Too much that was given back is no longer a difference.
judged as (

    select
        *,
        case
            when not is_judged then null
            when charged_usd > expected_usd then {{ as_money('greatest(0, charged_usd - waived_usd - expected_usd)') }}
            else {{ as_money('charged_usd - expected_usd') }}
        end as difference_usd
    from posted

),

final as (

    select
        utility_id,
        coalesce('adjustment:' || adjustment_id, 'return:' || return_id, 'order:' || order_id) as fee_id,
        account_id,
        fee_kind,
        occurred_on,
        posted_on,
        payment_id,
        return_id,
        order_id,
        adjustment_id,
        case when is_judged then expected_usd end as expected_usd,
        charged_usd,
        waived_usd,
        coalesce(event_id, waiver_event_id) as waiver_event_id,
        difference_usd,
        case
            when not is_judged then 'not_delivered'
            when charged_usd = expected_usd then 'none'
            when difference_usd = 0 then 'corrected'
            when charged_usd = 0 then 'not_charged'
            when waiver_event_id is not null then 'waiver_not_honoured'
            when expected_usd = 0 then coalesce(ground, 'not_due')
            else 'wrong_amount'
        end as reason
    from judged

    union all

    select
        utility_id,
        'adjustment:' || adjustment_id as fee_id,
        account_id,
        'fee_waiver' as fee_kind,
        posted_on as occurred_on,
        posted_on,
        cast(null as varchar) as payment_id,
        cast(null as varchar) as return_id,
        cast(null as varchar) as order_id,
        adjustment_id,
        {{ as_money('0') }} as expected_usd,
        {{ as_money('0') }} as charged_usd,
        amount_usd as waived_usd,
        event_id as waiver_event_id,
        {{ as_money('0') }} as difference_usd,
        'waiver_without_fee' as reason
    from waivers
    where fee_adjustment_id is null

)

select * from final
