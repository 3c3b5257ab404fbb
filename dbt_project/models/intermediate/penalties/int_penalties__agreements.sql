with agreements as (

    select * from {{ ref('stg_extracts__agreements') }}

),

installments as (

    select * from {{ ref('stg_extracts__agreement_installments') }}

),

rules as (

    select * from {{ ref('int_penalties__collection_rules') }}

),

off_periods as (

    select * from {{ ref('int_penalties__off_periods') }}

),

scheduled as (

    select
        utility_id,
        agreement_id,
        count(*) as installment_count,
        {{ sum_money('installment_usd') }} as scheduled_usd,
        max(due_on) as last_due_on
    from installments
    group by utility_id, agreement_id

),

-- Policy is that of the day of signing. Whoever signs again, replaces.
judged as (

    select
        agreements.utility_id,
        agreements.agreement_id,
        agreements.account_id,
        agreements.event_id,
        agreements.agreement_kind,
        agreements.agreed_usd,
        agreements.signed_on,
        agreements.ends_on,
        rules.grace_days,
        {{ add_months('agreements.signed_on', 'rules.agreement_months') }} as latest_end_on,
        coalesce(scheduled.installment_count, 0) as installment_count,
        coalesce(scheduled.scheduled_usd, cast(0 as decimal(18, 2))) as scheduled_usd,
        coalesce(scheduled.last_due_on, agreements.ends_on) as last_due_on,
        greatest(agreements.ends_on, coalesce(scheduled.last_due_on, agreements.ends_on))
        > {{ add_months('agreements.signed_on', 'rules.agreement_months') }} as is_too_long,
        coalesce(scheduled.scheduled_usd, 0) != agreements.agreed_usd as is_wrong_sum,
        off_periods.account_id is not null and not rules.has_agreements_after_disconnect as is_signed_while_off,
        not {{ names_word('rules.agreement_kinds', 'agreements.agreement_kind') }} as is_unknown_kind
    from agreements
    inner join rules
        on
            agreements.utility_id = rules.utility_id
            and agreements.signed_on >= rules.from_on
            and agreements.signed_on < rules.to_on
    left join scheduled
        on agreements.utility_id = scheduled.utility_id and agreements.agreement_id = scheduled.agreement_id
    left join off_periods
        on
            agreements.utility_id = off_periods.utility_id
            and agreements.account_id = off_periods.account_id
            and agreements.signed_on >= off_periods.from_on
            and agreements.signed_on < off_periods.to_on

),

reasoned as (

    select
        *,
        case
            when is_signed_while_off then 'signed_while_shut_off'
            when is_too_long then 'too_long'
            when is_wrong_sum then 'schedule_does_not_sum'
            when is_unknown_kind then 'kind_not_offered'
        end as refusal_reason
    from judged

),

followed as (

    select
        *,
        case
            when refusal_reason is null
                then min(case when refusal_reason is null then signed_on end) over (
                    partition by utility_id, account_id order by signed_on, agreement_id
                    rows between 1 following and unbounded following
                )
        end as next_signed_on
    from reasoned

),

final as (

    select
        *,
        case when next_signed_on <= {{ add_days('last_due_on', 'grace_days') }} then next_signed_on end as replaced_on
    from followed

)

select * from final
