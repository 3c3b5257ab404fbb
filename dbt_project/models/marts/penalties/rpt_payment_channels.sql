with payments as (

    select * from {{ ref('int_penalties__payments') }}

),

returns as (

    select * from {{ ref('int_penalties__returns') }}
    where is_returned_payment

),

findings as (

    select
        utility_id,
        source_id as payment_id
    from {{ ref('int_penalties__payment_findings') }}
    union
    select
        utility_id,
        source_id as payment_id
    from {{ ref('int_penalties__closure_findings') }}
    where finding = 'channel_closed'

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

taken as (

    select
        payments.utility_id,
        last_day(payments.posted_on) as month_end_on,
        payments.channel,
        payments.tender,
        count(*) as payment_count,
        sum(payments.amount_usd) as payment_usd,
        count(findings.payment_id) as refused_count,
        sum(case when findings.payment_id is not null then payments.amount_usd else 0 end) as refused_usd,
        sum(payments.charged_usd) as customer_fee_usd,
        sum(payments.expected_usd) as expected_fee_usd,
        sum(payments.waived_usd) as waived_fee_usd,
        sum(payments.absorbed_usd) as absorbed_fee_usd,
        sum(case when payments.absorbed_usd > 0 then 1 else 0 end) as absorbed_count
    from payments
    inner join utilities
        on payments.utility_id = utilities.utility_id
    left join findings
        on payments.utility_id = findings.utility_id and payments.payment_id = findings.payment_id
    where utilities.as_of_on >= last_day(payments.posted_on)
    group by payments.utility_id, last_day(payments.posted_on), payments.channel, payments.tender

),

returned as (

    select
        returns.utility_id,
        last_day(returns.posted_on) as month_end_on,
        returns.channel,
        returns.tender,
        count(*) as returned_count,
        sum(returns.amount_usd) as returned_usd
    from returns
    inner join utilities
        on returns.utility_id = utilities.utility_id
    where utilities.as_of_on >= last_day(returns.posted_on)
    group by returns.utility_id, last_day(returns.posted_on), returns.channel, returns.tender

),

-- A month may have returns of a way by which nothing was paid in it.
final as (

    select
        coalesce(taken.utility_id, returned.utility_id) as utility_id,
        coalesce(taken.month_end_on, returned.month_end_on) as month_end_on,
        coalesce(taken.channel, returned.channel) as channel,
        coalesce(taken.tender, returned.tender) as tender,
        coalesce(taken.channel, returned.channel) = 'assistance' or coalesce(taken.tender, returned.tender) = 'assistance' as is_assistance,
        cast(coalesce(taken.payment_count, 0) as integer) as payment_count,
        {{ as_money('coalesce(taken.payment_usd, 0)') }} as payment_usd,
        cast(coalesce(returned.returned_count, 0) as integer) as returned_count,
        {{ as_money('coalesce(returned.returned_usd, 0)') }} as returned_usd,
        {{ as_money('taken.customer_fee_usd') }} as customer_fee_usd,
        {{ as_money('coalesce(taken.expected_fee_usd, 0)') }} as expected_fee_usd,
        {{ as_money('coalesce(taken.waived_fee_usd, 0)') }} as waived_fee_usd,
        {{ as_money('coalesce(taken.absorbed_fee_usd, 0)') }} as absorbed_fee_usd,
        cast(coalesce(taken.absorbed_count, 0) as integer) as absorbed_count,
        cast(coalesce(taken.refused_count, 0) as integer) as refused_count,
        {{ as_money('coalesce(taken.refused_usd, 0)') }} as refused_usd
    from taken
    full outer join returned
        on
            taken.utility_id = returned.utility_id
            and taken.month_end_on = returned.month_end_on
            and taken.channel = returned.channel
            and taken.tender = returned.tender

)

select * from final
