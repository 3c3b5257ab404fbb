with earned as (

    select * from {{ ref('int_billing__earned_months') }}

),

-- Revenue is unbilled from the month of its service to the month before that of its bill, and billed ahead the other way round.
crossing as (

    select
        utility_id,
        service,
        customer_class,
        case when earned_month_no < billed_month_no then revenue_usd else -revenue_usd end as unbilled_usd,
        {{ explode_range('least(earned_month_no, billed_month_no)', 'greatest(earned_month_no, billed_month_no) - 1') }} as month_no
    from earned
    where earned_month_no != billed_month_no

),

final as (

    select
        utility_id,
        service,
        customer_class,
        month_no,
        {{ sum_money('unbilled_usd') }} as unbilled_usd
    from crossing
    group by utility_id, service, customer_class, month_no

)

select * from final
