with payments as (

    select * from {{ ref('stg_extracts__payments') }}

),

waived_by_class as (

    select * from {{ ref('int_penalties__waived_by_class') }}

),

rules as (

    select * from {{ ref('int_penalties__payment_rules') }}

),

channel_rules as (

    select * from {{ ref('int_penalties__channel_rules') }}

),

waivers as (

    select * from {{ ref('int_penalties__fee_waivers') }}

),

-- Fees that a city delivers for no payment are not known; where it delivers any, an empty one is none.
knowledge as (

    select
        utility_id,
        max(case when customer_fee_usd is not null then 1 else 0 end) as has_customer_fees
    from payments
    group by utility_id

),

-- What is the same for all payments of a channel and tender is looked up in the policy once.
ways as (

    select
        channel_rules.utility_id,
        channel_rules.channel,
        channel_rules.tender,
        channel_rules.is_taken,
        channel_rules.customer_fee_usd,
        channel_rules.absorbed_usd,
        channel_rules.paid_to,
        rules.card_brands,
        channel_rules.tender != 'assistance'
        and not {{ names_word('rules.tenders_after_returned_limit', 'channel_rules.tender') }} as is_refused_after_returns,
        channel_rules.tender != 'assistance'
        and not {{ names_word('rules.tenders_after_disconnect', 'channel_rules.tender') }} as is_refused_while_off,
        {{ names_word('rules.posted_when_received_channels', 'channel_rules.channel') }} as is_posted_when_received,
        greatest(channel_rules.from_on, rules.from_on) as from_on,
        least(channel_rules.to_on, rules.to_on) as to_on
    from channel_rules
    inner join rules
        on channel_rules.utility_id = rules.utility_id and channel_rules.from_on < rules.to_on and channel_rules.to_on > rules.from_on

),

judged as (

    select
        payments.utility_id,
        payments.payment_id,
        payments.account_id,
        payments.channel,
        payments.tender,
        payments.amount_usd,
        payments.received_on,
        payments.posted_on,
        payments.processor_fee_usd,
        ways.is_taken,
        ways.customer_fee_usd as policy_fee_usd,
        ways.absorbed_usd as policy_absorbed_usd,
        ways.paid_to,
        ways.is_refused_after_returns,
        ways.is_refused_while_off,
        case
            when payments.tender != 'card' then false
            else not coalesce({{ names_word('ways.card_brands', "lower(replace(payments.card_brand, ' ', '_'))") }}, true)
        end as is_brand_refused,
        payments.posted_on > payments.received_on and ways.is_posted_when_received as is_posted_later,
        case when ways.customer_fee_usd > 0 then coalesce(waivers.event_id, waived_by_class.event_id) end as waiver_event_id,
        case when knowledge.has_customer_fees = 1 then coalesce(payments.customer_fee_usd, {{ as_money('0') }}) end as charged_usd
    from payments
    inner join knowledge
        on payments.utility_id = knowledge.utility_id
    inner join ways
        on
            payments.utility_id = ways.utility_id
            and payments.channel = ways.channel
            and payments.tender = ways.tender
            and payments.received_on >= ways.from_on
            and payments.received_on < ways.to_on
    left join waivers
        on
            payments.utility_id = waivers.utility_id
            and payments.channel = waivers.channel
            and waivers.customer_class is null
            and payments.received_on >= waivers.from_on
            and payments.received_on < waivers.to_on
    left join waived_by_class
        on payments.utility_id = waived_by_class.utility_id and payments.payment_id = waived_by_class.payment_id

),

final as (

    select
        utility_id,
        payment_id,
        account_id,
        channel,
        tender,
        amount_usd,
        received_on,
        posted_on,
        is_taken,
        is_brand_refused,
        is_posted_later,
        is_refused_after_returns,
        is_refused_while_off,
        policy_fee_usd,
        paid_to,
        waiver_event_id,
        charged_usd,
        {{ as_money('case when waiver_event_id is null then policy_fee_usd else 0 end') }} as expected_usd,
        {{ as_money('case when waiver_event_id is null then 0 else greatest(0, policy_fee_usd - coalesce(charged_usd, 0)) end') }} as waived_usd,
        {{ as_money('
            case
                when processor_fee_usd is not null then greatest(0, processor_fee_usd - coalesce(charged_usd, 0))
                when waiver_event_id is null then 0
                else greatest(0, policy_absorbed_usd - coalesce(charged_usd, 0))
            end
        ') }} as absorbed_usd
    from judged

)

select * from final
