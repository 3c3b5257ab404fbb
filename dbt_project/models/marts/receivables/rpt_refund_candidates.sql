with refunds as (

    select * from {{ ref('int_receivables__refunds') }}
    where adjustment_id is null

),

-- What is left of a closed account has no bill to go toward, so that no limit holds.
final as (

    select
        utility_id,
        account_id,
        judged_on as as_of_on,
        customer_class,
        account_status,
        credit_usd,
        bill_count,
        typical_bill_usd,
        limit_usd,
        coalesce(is_above_limit, false) as is_above_limit,
        is_final,
        requested_on,
        case
            when is_final then 'closed'
            when coalesce(is_above_limit, false) and (requested_on is not null or not is_only_on_request) then 'refundable'
            when coalesce(is_above_limit, false) then 'on_request'
            else 'toward_next_bill'
        end as answer
    from refunds

)

select * from final
