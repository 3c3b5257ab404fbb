with charged as (

    select * from {{ ref('int_penalties__charged') }}

),

fees as (

    select * from {{ ref('int_penalties__fee_postings') }}
    where fee_kind in ('disconnect_fee', 'reconnect_fee')

),

payments as (

    select * from {{ ref('int_penalties__payments') }}
    where absorbed_usd != 0

),

flows as (

    select * from {{ ref('int_receivables__monthly_flows') }}

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- Fees have no fund of their own: the fund is null, and they are divided as the bridge divides them.
lines as (

    select
        charged.utility_id,
        'penalties' as component,
        service_funds.fund,
        charged.posted_on as happened_on,
        charged.assessed_usd - charged.waived_event_usd - charged.waived_courtesy_usd - charged.written_off_usd - charged.open_usd as amount_usd
    from charged
    inner join service_funds
        on charged.utility_id = service_funds.utility_id and charged.service = service_funds.service
    union all
    select
        utility_id,
        'disconnect_fees' as component,
        cast(null as varchar) as fund,
        posted_on as happened_on,
        charged_usd - waived_usd as amount_usd
    from fees
    where posted_on is not null
    union all
    select
        utility_id,
        'card_fees' as component,
        cast(null as varchar) as fund,
        received_on as happened_on,
        absorbed_usd as amount_usd
    from payments
    union all
    select
        utility_id,
        'uncollectible' as component,
        fund,
        {{ month_end_of('month_no') }} as happened_on,
        write_offs_usd - recoveries_usd as amount_usd
    from flows

),

final as (

    select
        lines.utility_id,
        lines.component,
        lines.fund,
        cast({{ fiscal_year_of('lines.happened_on', 'utilities.fiscal_year_start_month') }} as integer) as fiscal_year,
        {{ sum_money('lines.amount_usd') }} as amount_usd
    from lines
    inner join utilities
        on lines.utility_id = utilities.utility_id
    group by lines.utility_id, lines.component, lines.fund, {{ fiscal_year_of('lines.happened_on', 'utilities.fiscal_year_start_month') }}

)

select * from final
