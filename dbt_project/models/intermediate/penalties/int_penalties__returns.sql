with returns as (

    select * from {{ ref('stg_extracts__payment_returns') }}

),

payments as (

    select * from {{ ref('int_penalties__payments') }}

),

rules as (

    select * from {{ ref('int_penalties__payment_rules') }}

),

waivers as (

    select * from {{ ref('int_penalties__fee_waivers') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

-- A payment that was restated to a later day is not given back before it came.
dated as (

    select
        returns.utility_id,
        returns.return_id,
        returns.payment_id,
        returns.return_kind,
        returns.reason_code,
        returns.returned_on,
        returns.amount_usd,
        payments.account_id,
        payments.channel,
        payments.tender,
        payments.received_on,
        payments.amount_usd as paid_usd,
        greatest(returns.posted_on, payments.posted_on) as posted_on,
        case
            when length(returns.reason_code) = 3 and upper(returns.reason_code) like 'C%' then 'bank_correction'
            when returns.return_kind = 'chargeback' then 'card_chargeback'
            when payments.tender = 'card' then 'declined_card'
            when payments.tender in ('check', 'money_order') then 'check'
            when payments.tender = 'bank_draft' then 'bank_draft'
            else 'other'
        end as return_basis
    from returns
    inner join payments
        on returns.utility_id = payments.utility_id and returns.payment_id = payments.payment_id

),

judged as (

    select
        dated.*,
        rules.has_return_fee_in_waivers,
        rules.returned_limit,
        rules.returned_window,
        rules.tenders_after_returned_limit,
        case dated.return_basis
            when 'bank_correction' then rules.has_bank_correction_as_return
            when 'declined_card' then rules.has_declined_card_as_return
            else true
        end as is_returned_payment,
        {{ names_word('rules.returned_counts', 'dated.return_basis') }} as is_counted_basis,
        dated.return_basis in ('bank_correction', 'declined_card')
        or {{ names_word('rules.return_fee_grounds', 'dated.return_basis') }} as is_fee_basis,
        coalesce(
            case dated.tender
                when 'check' then rules.check_return_fee_usd
                when 'money_order' then rules.money_order_return_fee_usd
                when 'bank_draft' then rules.bank_draft_return_fee_usd
                when 'card' then rules.card_return_fee_usd
            end, rules.return_fee_usd
        ) as fee_usd
    from dated
    inner join rules
        on
            dated.utility_id = rules.utility_id
            and dated.posted_on >= rules.from_on
            and dated.posted_on < rules.to_on

),

-- What a waiver of fees does to the fee of a returned payment, the policy says: as a rule the fee stands.
final as (

    select
        judged.*,
        judged.is_returned_payment and judged.is_counted_basis as is_counted,
        case when not judged.has_return_fee_in_waivers then waivers.event_id end as waiver_event_id,
        {{ as_money('case when judged.is_returned_payment and judged.is_fee_basis then judged.fee_usd else 0 end') }} as policy_fee_usd
    from judged
    inner join periods
        on
            judged.utility_id = periods.utility_id
            and judged.account_id = periods.account_id
            and judged.posted_on >= periods.from_on
            and judged.posted_on < periods.to_on
    left join waivers
        on
            judged.utility_id = waivers.utility_id
            and judged.channel = waivers.channel
            and (waivers.customer_class is null or waivers.customer_class = periods.customer_class)
            and judged.posted_on >= waivers.from_on
            and judged.posted_on < waivers.to_on

)

select * from final
