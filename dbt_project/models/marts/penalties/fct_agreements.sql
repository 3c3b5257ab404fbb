with agreements as (

    select * from {{ ref('int_penalties__agreements') }}

),

installments as (

    select * from {{ ref('int_penalties__agreement_installments') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

counted as (

    select
        utility_id,
        agreement_id,
        max(signed_open_usd) as signed_open_usd,
        sum(case when is_met then 1 else 0 end) as met_count,
        sum(case when is_met is null then 1 else 0 end) as waiting_count,
        min(case when not is_met then {{ add_days('judged_on', '1') }} end) as broken_on
    from installments
    group by utility_id, agreement_id

),

cases as (

    select distinct
        agreements.utility_id,
        agreements.account_id,
        accounts.account_key,
        utilities.as_of_on as at_on,
        utilities.as_of_on as judged_on
    from agreements
    inner join utilities
        on agreements.utility_id = utilities.utility_id
    inner join accounts
        on agreements.utility_id = accounts.utility_id and agreements.account_id = accounts.account_id

),

{{ shutoff_ages('cases', 'true') }},

ages as (

    select
        candidates.utility_id,
        candidates.account_id,
        candidates.past_due_usd,
        candidates.days_past_due,
        candidates.oldest_due_on,
        measured.effective_past_due_usd,
        measured.effective_oldest_due_on,
        {{ days_between('measured.effective_oldest_due_on', 'candidates.judged_on') }} as effective_days_past_due
    from candidates
    left join measured
        on candidates.account_key = measured.account_key and candidates.at_on = measured.at_on

),

put_off as (

    select
        agreement_periods.utility_id,
        agreement_periods.agreement_id,
        agreement_periods.put_off_usd
    from {{ ref('int_penalties__agreement_periods') }} as agreement_periods
    inner join utilities
        on
            agreement_periods.utility_id = utilities.utility_id
            and utilities.as_of_on >= agreement_periods.from_on
            and utilities.as_of_on < agreement_periods.to_on

),

final as (

    select
        agreements.utility_id,
        agreements.agreement_id,
        agreements.account_id,
        agreements.agreement_kind,
        agreements.event_id,
        agreements.signed_on,
        agreements.ends_on,
        agreements.latest_end_on,
        agreements.agreed_usd,
        agreements.scheduled_usd,
        counted.signed_open_usd,
        cast(agreements.installment_count as integer) as installment_count,
        cast(coalesce(counted.met_count, 0) as integer) as met_count,
        case
            when agreements.refusal_reason is not null then 'refused'
            when agreements.replaced_on <= utilities.as_of_on and coalesce(counted.broken_on >= agreements.replaced_on, true) then 'replaced'
            when counted.broken_on <= utilities.as_of_on then 'broken'
            when counted.waiting_count = 0 and counted.broken_on is null then 'completed'
            else 'kept'
        end as status,
        case
            when agreements.refusal_reason is not null then agreements.refusal_reason
            when agreements.replaced_on <= utilities.as_of_on and coalesce(counted.broken_on >= agreements.replaced_on, true) then 'signed_again'
            when counted.broken_on <= utilities.as_of_on then 'installment_missed'
        end as status_reason,
        case when agreements.refusal_reason is null and coalesce(counted.broken_on <= agreements.replaced_on, true) then counted.broken_on end as broken_on,
        coalesce(put_off.put_off_usd, cast(0 as decimal(18, 2))) as put_off_usd,
        coalesce(ages.past_due_usd, cast(0 as decimal(18, 2))) as past_due_usd,
        ages.oldest_due_on,
        ages.days_past_due as contractual_days_past_due,
        coalesce(ages.effective_past_due_usd, cast(0 as decimal(18, 2))) as effective_past_due_usd,
        ages.effective_oldest_due_on,
        ages.effective_days_past_due
    from agreements
    inner join utilities
        on agreements.utility_id = utilities.utility_id and agreements.signed_on <= utilities.as_of_on
    left join counted
        on agreements.utility_id = counted.utility_id and agreements.agreement_id = counted.agreement_id
    left join put_off
        on agreements.utility_id = put_off.utility_id and agreements.agreement_id = put_off.agreement_id
    left join ages
        on agreements.utility_id = ages.utility_id and agreements.account_id = ages.account_id

)

select * from final
