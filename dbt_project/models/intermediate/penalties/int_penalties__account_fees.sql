with returns as (

    select * from {{ ref('int_penalties__returns') }}

),

return_fees as (

    select * from {{ ref('int_penalties__return_fees') }}

),

service_fees as (

    select * from {{ ref('int_penalties__service_fees') }}

),

adjustments as (

    select * from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind in ('returned_payment_fee', 'disconnect_fee', 'reconnect_fee') and amount_usd > 0

),

rules as (

    select * from {{ ref('int_penalties__payment_rules') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

ordering as (

    select distinct utility_id from {{ ref('stg_extracts__service_orders') }}

),

of_returns as (

    select
        returns.utility_id,
        returns.account_id,
        'returned_payment_fee' as fee_kind,
        returns.posted_on as occurred_on,
        returns.payment_id,
        returns.return_id,
        cast(null as varchar) as order_id,
        return_fees.adjustment_id,
        returns.policy_fee_usd,
        returns.waiver_event_id,
        true as is_judged,
        cast(null as varchar) as ground
    from returns
    left join return_fees
        on returns.utility_id = return_fees.utility_id and returns.return_id = return_fees.return_id

),

-- A fee without a return, on an account whose automatic card is charged, is that of a declined card.
without_return as (

    select
        adjustments.utility_id,
        adjustments.account_id,
        'returned_payment_fee' as fee_kind,
        adjustments.posted_on as occurred_on,
        cast(null as varchar) as payment_id,
        cast(null as varchar) as return_id,
        cast(null as varchar) as order_id,
        adjustments.adjustment_id,
        {{ as_money('0') }} as policy_fee_usd,
        cast(null as varchar) as waiver_event_id,
        true as is_judged,
        case when periods.autopay = 'card' then 'declined_card' else 'no_return' end as ground
    from adjustments
    inner join periods
        on
            adjustments.utility_id = periods.utility_id
            and adjustments.account_id = periods.account_id
            and {{ add_days('adjustments.posted_on', '-1') }} >= periods.from_on
            and {{ add_days('adjustments.posted_on', '-1') }} < periods.to_on
    left join return_fees
        on adjustments.utility_id = return_fees.utility_id and adjustments.adjustment_id = return_fees.adjustment_id
    where adjustments.adjustment_kind = 'returned_payment_fee' and return_fees.adjustment_id is null

),

-- Where a city delivers no orders, nothing tells whether a fee for shutting off or on was due.
of_service as (

    select
        service_fees.utility_id,
        service_fees.account_id,
        service_fees.fee_kind,
        service_fees.occurred_on,
        cast(null as varchar) as payment_id,
        cast(null as varchar) as return_id,
        service_fees.order_id,
        service_fees.adjustment_id,
        {{ as_money(
            "case when not service_fees.is_due then 0 when service_fees.fee_kind = 'disconnect_fee' then rules.disconnect_fee_usd "
            ~ "else rules.reconnect_fee_usd end"
        ) }} as policy_fee_usd,
        cast(null as varchar) as waiver_event_id,
        ordering.utility_id is not null as is_judged,
        case when not service_fees.is_due then 'no_order' end as ground
    from service_fees
    inner join rules
        on
            service_fees.utility_id = rules.utility_id
            and service_fees.occurred_on >= rules.from_on
            and service_fees.occurred_on < rules.to_on
    left join ordering
        on service_fees.utility_id = ordering.utility_id

),

occasions as (

    select * from of_returns
    union all
    select * from without_return
    union all
    select * from of_service

),

final as (

    select
        occasions.*,
        {{ as_money('case when occasions.waiver_event_id is null then occasions.policy_fee_usd else 0 end') }} as expected_usd,
        {{ as_money('coalesce(adjustments.amount_usd, 0)') }} as charged_usd,
        adjustments.posted_on
    from occasions
    left join adjustments
        on occasions.utility_id = adjustments.utility_id and occasions.adjustment_id = adjustments.adjustment_id
    where adjustments.adjustment_id is not null or occasions.policy_fee_usd > 0

)

select * from final
