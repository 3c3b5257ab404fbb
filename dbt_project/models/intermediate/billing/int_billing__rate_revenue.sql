with balances as (

    select * from {{ ref('stg_extracts__ledger_balances') }}
    where scenario = 'actual' and (line = 'rate_revenue' or line like 'rate_revenue!_%' escape '!')

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}
    where service != 'account'

),

-- Only a fund of one service speaks of that service.
single_funds as (

    select
        utility_id,
        fund,
        max(service) as service
    from service_funds
    group by utility_id, fund
    having count(*) = 1

),

-- Period 0 is the whole year; where the months are given too, they are it.
yearly as (

    select
        utility_id,
        fund,
        fiscal_year,
        line,
        coalesce(sum(case when period > 0 then amount_usd end), sum(case when period = 0 then amount_usd end)) as amount_usd
    from balances
    group by utility_id, fund, fiscal_year, line

),

final as (

    select
        yearly.utility_id,
        yearly.fiscal_year,
        single_funds.service,
        case when yearly.line = 'rate_revenue' then 'all' else substring(yearly.line, 14) end as customer_class,
        {{ sum_money('yearly.amount_usd') }} as books_usd
    from yearly
    inner join single_funds
        on yearly.utility_id = single_funds.utility_id and yearly.fund = single_funds.fund
    group by yearly.utility_id, yearly.fiscal_year, single_funds.service, yearly.line

)

select * from final
