with installments as (

    select * from {{ ref('int_penalties__agreement_installments') }}

),

agreements as (

    select * from {{ ref('int_penalties__agreements') }}

),

payments as (

    select * from {{ ref('stg_extracts__payments') }}

),

breaks as (

    select
        utility_id,
        agreement_id,
        min({{ add_days('judged_on', '1') }}) as broken_on
    from installments
    where not is_met
    group by utility_id, agreement_id

),

spans as (

    select
        installments.*,
        coalesce(
            lag(installments.judged_on) over (
                partition by installments.utility_id, installments.agreement_id order by installments.due_on, installments.installment_no
            ), {{ add_days('installments.signed_on', '-1') }}
        ) as after_on
    from installments

),

-- What came in since the installment before was judged; the oldest debt takes it, whatever it was meant for.
received as (

    select
        spans.utility_id,
        spans.agreement_id,
        spans.installment_no,
        payments.payment_id,
        payments.received_on,
        payments.amount_usd,
        row_number() over (
            partition by spans.utility_id, spans.agreement_id, spans.installment_no
            order by payments.received_on desc, payments.payment_id desc
        ) as place_no
    from spans
    inner join payments
        on
            spans.utility_id = payments.utility_id
            and spans.account_id = payments.account_id
            and spans.after_on < payments.received_on
            and spans.judged_on >= payments.received_on
    where spans.is_met is not null

),

sums as (

    select
        utility_id,
        agreement_id,
        installment_no,
        {{ sum_money('amount_usd') }} as received_usd,
        max(case when place_no = 1 then payment_id end) as last_payment_id,
        max(received_on) as last_received_on
    from received
    group by utility_id, agreement_id, installment_no

),

final as (

    select
        spans.utility_id,
        spans.agreement_id,
        spans.installment_no,
        spans.account_id,
        spans.due_on,
        spans.judged_on,
        spans.installment_usd,
        spans.allowed_usd,
        spans.still_open_usd,
        {{ as_money('greatest(0, spans.still_open_usd - spans.allowed_usd)') }} as missing_usd,
        coalesce(sums.received_usd, cast(0 as decimal(18, 2))) as received_usd,
        sums.last_payment_id,
        sums.last_received_on,
        spans.is_met,
        case
            when agreements.refusal_reason is not null then 'refused'
            when agreements.replaced_on <= spans.judged_on and coalesce(breaks.broken_on > spans.judged_on, true) then 'replaced'
            when breaks.broken_on <= spans.judged_on then 'after_break'
            when spans.is_met then 'met'
            when not spans.is_met then 'missed'
            else 'waiting'
        end as outcome
    from spans
    inner join agreements
        on spans.utility_id = agreements.utility_id and spans.agreement_id = agreements.agreement_id
    left join breaks
        on spans.utility_id = breaks.utility_id and spans.agreement_id = breaks.agreement_id
    left join sums
        on
            spans.utility_id = sums.utility_id
            and spans.agreement_id = sums.agreement_id
            and spans.installment_no = sums.installment_no

)

select * from final
