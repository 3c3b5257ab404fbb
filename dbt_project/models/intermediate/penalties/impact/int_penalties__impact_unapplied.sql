with balances as (

    select
        account_key,
        from_on,
        -balance_usd as unapplied_usd,
        {{ month_number('from_on') }} as from_month_no,
        {{ month_number('to_on') }} as to_month_no
    from {{ ref('int_receivables__balances') }}
    where balance_usd < 0

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

by_span as (

    select
        periods.utility_id,
        coalesce(periods.customer_class, 'unknown') as customer_class,
        balances.from_month_no,
        balances.to_month_no,
        sum(balances.unapplied_usd) as unapplied_usd
    from balances
    inner join periods
        on
            balances.account_key = periods.account_key
            and balances.from_on >= periods.from_on
            and balances.from_on < periods.to_on
    where balances.to_month_no > balances.from_month_no
    group by periods.utility_id, coalesce(periods.customer_class, 'unknown'), balances.from_month_no, balances.to_month_no

),

final as (

    select
        by_span.utility_id,
        by_span.customer_class,
        months.month_no,
        {{ sum_money('by_span.unapplied_usd') }} as unapplied_usd
    from by_span
    inner join months
        on
            by_span.utility_id = months.utility_id
            and months.month_no >= by_span.from_month_no
            and months.month_no < by_span.to_month_no
    group by by_span.utility_id, by_span.customer_class, months.month_no

)

select * from final
