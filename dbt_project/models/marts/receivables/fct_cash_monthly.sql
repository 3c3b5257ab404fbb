with aging as (

    select
        *,
        {{ month_number('month_end_on') }} as month_no
    from {{ ref('fct_aging_monthly') }}

),

movements as (

    select * from {{ ref('int_receivables__monthly_movements') }}

),

keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

closings as (

    select
        utility_id,
        service,
        customer_class,
        month_no,
        sum(total_usd) as closing_usd
    from aging
    group by utility_id, service, customer_class, month_no

),

-- What a month opens with stands in the class that the account has at that month's end, so that a change of class moves no cash.
openings as (

    select
        aging.utility_id,
        aging.service,
        periods.customer_class,
        aging.month_no + 1 as month_no,
        sum(aging.total_usd) as opening_usd
    from aging
    inner join keys
        on aging.utility_id = keys.utility_id and aging.account_id = keys.account_id
    inner join periods
        on
            keys.account_key = periods.account_key
            and {{ month_end_of('aging.month_no + 1') }} >= periods.from_on
            and {{ month_end_of('aging.month_no + 1') }} < periods.to_on
    group by aging.utility_id, aging.service, periods.customer_class, aging.month_no

),

balanced as (

    select utility_id, service, customer_class, month_no, opening_usd, 0 as movements_usd, 0 as closing_usd
    from openings
    union all
    select utility_id, service, customer_class, month_no, 0 as opening_usd, amount_usd as movements_usd, 0 as closing_usd
    from movements
    union all
    select utility_id, service, customer_class, month_no, 0 as opening_usd, 0 as movements_usd, closing_usd
    from closings

),

summed as (

    select
        utility_id,
        service,
        customer_class,
        month_no,
        {{ sum_money('opening_usd') }} as opening_usd,
        {{ sum_money('movements_usd') }} as movements_usd,
        {{ sum_money('closing_usd') }} as closing_usd
    from balanced
    group by utility_id, service, customer_class, month_no

),

final as (

    select
        summed.utility_id,
        summed.service,
        summed.customer_class,
        {{ month_end_of('summed.month_no') }} as month_end_on,
        summed.opening_usd,
        summed.movements_usd,
        {{ as_money('summed.opening_usd + summed.movements_usd - summed.closing_usd') }} as cash_usd,
        summed.closing_usd
    from summed
    inner join utilities
        on
            summed.utility_id = utilities.utility_id
            and utilities.as_of_on >= {{ month_end_of('summed.month_no') }}

)

select * from final
