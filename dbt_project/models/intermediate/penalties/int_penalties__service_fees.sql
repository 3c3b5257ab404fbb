with orders as (

    select * from {{ ref('stg_extracts__service_orders') }}
    where order_kind in ('disconnect', 'reconnect')

),

adjustments as (

    select * from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind in ('disconnect_fee', 'reconnect_fee') and amount_usd > 0

),

calendar as (

    select
        utility_id,
        account_id,
        coalesce(effective_on, ordered_on) as on_day,
        order_kind || '_fee' as fee_kind,
        case when order_kind = 'disconnect' then 1 else 0 end as is_disconnection,
        order_id,
        cast(null as varchar) as adjustment_id
    from orders
    union all
    select
        utility_id,
        account_id,
        posted_on as on_day,
        adjustment_kind as fee_kind,
        0 as is_disconnection,
        cast(null as varchar) as order_id,
        adjustment_id
    from adjustments

),

-- What happens after a disconnection and before the next one belongs together.
episodes as (

    select
        *,
        sum(is_disconnection) over (
            partition by utility_id, account_id order by on_day, is_disconnection desc, order_id nulls last, adjustment_id nulls last
            rows between unbounded preceding and current row
        ) as episode_no
    from calendar

),

numbered as (

    select
        *,
        row_number() over (
            partition by utility_id, account_id, fee_kind, episode_no, adjustment_id is null
            order by on_day, order_id nulls last, adjustment_id nulls last
        ) as number_of_episode
    from episodes

),

done as (

    select * from numbered
    where adjustment_id is null

),

charged as (

    select * from numbered
    where adjustment_id is not null

),

-- A fee before its order is that of a restoration still to come, where the account was shut off.
final as (

    select
        coalesce(done.utility_id, charged.utility_id) as utility_id,
        coalesce(done.account_id, charged.account_id) as account_id,
        coalesce(done.fee_kind, charged.fee_kind) as fee_kind,
        coalesce(charged.on_day, done.on_day) as occurred_on,
        done.order_id,
        charged.adjustment_id,
        done.order_id is not null or (charged.number_of_episode = 1 and charged.episode_no > 0) as is_due
    from done
    full outer join charged
        on
            done.utility_id = charged.utility_id
            and done.account_id = charged.account_id
            and done.fee_kind = charged.fee_kind
            and done.episode_no = charged.episode_no
            and done.number_of_episode = charged.number_of_episode

)

select * from final
