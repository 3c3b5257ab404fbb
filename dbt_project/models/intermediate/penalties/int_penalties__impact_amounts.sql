with penalties as (

    select * from {{ ref('int_penalties__impact_penalties') }}

),

card_fees as (

    select * from {{ ref('int_penalties__impact_card_fees') }}

),

final as (

    select
        utility_id,
        account_key,
        'penalties' as component,
        last_day(assess_on) as month_end_on,
        covered_by,
        customer_class,
        {{ sum_money('amount_usd') }} as amount_usd,
        cast(0 as decimal(18, 2)) as dollar_days_usd
    from penalties
    group by utility_id, account_key, month_end_on, covered_by, customer_class
    union all
    select
        utility_id,
        account_key,
        'card_fees' as component,
        last_day(received_on) as month_end_on,
        covered_by,
        customer_class,
        {{ sum_money('amount_usd') }} as amount_usd,
        cast(0 as decimal(18, 2)) as dollar_days_usd
    from card_fees
    group by utility_id, account_key, month_end_on, covered_by, customer_class

)

select * from final
