with orders as (

    select * from {{ ref('stg_extracts__service_orders') }}
    where order_kind in ('hang_tag', 'written_notice', 'courtesy_call')

),

final as (

    select
        utility_id,
        account_id,
        order_id,
        order_kind,
        recipient,
        ordered_on,
        effective_on
    from orders

)

select * from final
