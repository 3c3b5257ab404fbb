-- Penalties by the day of their posting, less what was waived of them; where a city delivers none, those that policy asks for. Fees of payers by the
-- day of the payment.
with charged as (

    select * from {{ ref('int_penalties__charged') }}

),

differences as (

    select * from {{ ref('int_penalties__differences') }}

),

payments as (

    select * from {{ ref('int_penalties__payments') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

amounts as (

    select
        account_key,
        'penalties' as component,
        posted_on as charged_on,
        service,
        cast(null as varchar) as channel,
        assessed_usd - waived_event_usd - waived_courtesy_usd as charged_usd,
        0 as waived_usd
    from charged
    union all
    select
        differences.account_key,
        'penalties' as component,
        differences.assess_on as charged_on,
        cast(null as varchar) as service,
        cast(null as varchar) as channel,
        differences.expected_usd as charged_usd,
        0 as waived_usd
    from differences
    inner join utilities
        on differences.utility_id = utilities.utility_id and not utilities.has_adjustments
    where differences.expected_usd != 0
    union all
    select
        accounts.account_key,
        'card_fees' as component,
        payments.received_on as charged_on,
        cast(null as varchar) as service,
        payments.channel,
        coalesce(payments.charged_usd, payments.expected_usd) as charged_usd,
        case when payments.waiver_event_id is not null then payments.absorbed_usd else 0 end as waived_usd
    from payments
    inner join accounts
        on payments.utility_id = accounts.utility_id and payments.account_id = accounts.account_id
    where payments.charged_usd != 0 or payments.expected_usd != 0 or payments.absorbed_usd != 0

),

final as (

    select
        periods.utility_id,
        amounts.component,
        amounts.charged_on,
        periods.customer_class,
        amounts.service,
        amounts.channel,
        {{ sum_money('amounts.charged_usd') }} as charged_usd,
        {{ sum_money('amounts.waived_usd') }} as waived_usd
    from amounts
    inner join periods
        on
            amounts.account_key = periods.account_key
            and amounts.charged_on >= periods.from_on
            and amounts.charged_on < periods.to_on
    inner join utilities
        on periods.utility_id = utilities.utility_id and amounts.charged_on <= utilities.as_of_on
    group by periods.utility_id, amounts.component, amounts.charged_on, periods.customer_class, amounts.service, amounts.channel

)

select * from final
