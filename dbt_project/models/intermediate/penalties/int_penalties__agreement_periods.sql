with agreements as (

    select * from {{ ref('int_penalties__agreements') }}
    where refusal_reason is null

),

installments as (

    select * from {{ ref('int_penalties__agreement_installments') }}

),

broken as (

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
        agreements.utility_id,
        agreements.account_id,
        agreements.agreement_id,
        agreements.signed_on,
        least(
            {{ add_days('agreements.last_due_on', 'agreements.grace_days + 1') }},
            coalesce(broken.broken_on, {{ end_of_time() }}),
            coalesce(agreements.replaced_on, {{ end_of_time() }})
        ) as ended_on
    from agreements
    left join broken
        on agreements.utility_id = broken.utility_id and agreements.agreement_id = broken.agreement_id

),

-- What is put off changes on the day of each installment: from that day on it is no longer put off.
steps as (

    select
        utility_id,
        agreement_id,
        signed_on as from_on,
        cast(0 as decimal(18, 2)) as fallen_due_usd
    from spans

    union all

    select
        utility_id,
        agreement_id,
        greatest(due_on, signed_on) as from_on,
        installment_usd as fallen_due_usd
    from installments

),

days as (

    select
        utility_id,
        agreement_id,
        from_on,
        sum(fallen_due_usd) as fallen_due_usd
    from steps
    group by utility_id, agreement_id, from_on

),

stepped as (

    select
        utility_id,
        agreement_id,
        from_on,
        lead(from_on) over (partition by utility_id, agreement_id order by from_on) as next_from_on,
        coalesce(
            sum(fallen_due_usd) over (
                partition by utility_id, agreement_id order by from_on
                rows between 1 following and unbounded following
            ), 0
        ) as put_off_usd
    from days

),

final as (

    select
        spans.utility_id,
        spans.account_id,
        spans.agreement_id,
        stepped.from_on,
        least(spans.ended_on, coalesce(stepped.next_from_on, spans.ended_on)) as to_on,
        {{ as_money('stepped.put_off_usd') }} as put_off_usd,
        true as is_kept
    from spans
    inner join stepped
        on spans.utility_id = stepped.utility_id and spans.agreement_id = stepped.agreement_id
    where stepped.from_on < spans.ended_on

)

select * from final
