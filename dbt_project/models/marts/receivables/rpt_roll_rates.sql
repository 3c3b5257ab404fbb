with steps as (

    select * from {{ ref('int_receivables__roll_steps') }}

),

-- Where billing was suspended at either month end, the debts that bills would have brought are missing.
final as (

    select
        utility_id,
        month_end_on,
        from_month_end_on,
        customer_class,
        account_group,
        from_bucket,
        to_bucket,
        step_no,
        from_usd,
        rolled_usd,
        recovered_usd,
        case when not is_suppressed then {{ percentage('rolled_usd', 'from_usd') }} end as roll_pct,
        case when is_suppressed then 'billing was suspended' end as suppressed_because,
        has_event,
        is_skewed
    from steps

)

select * from final
