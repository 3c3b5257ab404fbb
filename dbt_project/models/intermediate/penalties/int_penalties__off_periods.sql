-- The account's history says when it was off. Where a city delivers none, its orders do: from a disconnection to the next reconnection.
with periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

history as (

    select distinct
        utility_id,
        account_id
    from {{ ref('stg_extracts__account_history') }}

),

orders as (

    select * from {{ ref('stg_extracts__service_orders') }}
    where order_kind in ('disconnect', 'reconnect')

),

accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

ordered as (

    select
        orders.utility_id,
        orders.account_id,
        orders.order_kind,
        coalesce(orders.effective_on, orders.ordered_on) as done_on,
        lead(coalesce(orders.effective_on, orders.ordered_on)) over (
            partition by orders.utility_id, orders.account_id
            order by coalesce(orders.effective_on, orders.ordered_on), orders.order_kind, orders.order_id
        ) as next_done_on
    from orders
    left join history
        on orders.utility_id = history.utility_id and orders.account_id = history.account_id
    where history.account_id is null

),

final as (

    select
        utility_id,
        account_id,
        from_on,
        to_on
    from periods
    where account_status = 'disconnected_nonpay'

    union all

    select
        ordered.utility_id,
        ordered.account_id,
        ordered.done_on as from_on,
        least(
            coalesce(ordered.next_done_on, {{ end_of_time() }}), coalesce(accounts.closed_on, {{ end_of_time() }})
        ) as to_on
    from ordered
    inner join accounts
        on ordered.utility_id = accounts.utility_id and ordered.account_id = accounts.account_id
    where
        ordered.order_kind = 'disconnect'
        and ordered.done_on < least(
            coalesce(ordered.next_done_on, {{ end_of_time() }}), coalesce(accounts.closed_on, {{ end_of_time() }})
        )

)

select * from final
