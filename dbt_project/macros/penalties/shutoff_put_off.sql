{# What takes something off what is past due in each candidate: money received and not posted (`pending`), agreements (`agreed`) and disputes
   (`disputed_bills`, `disputed`). #}
{% macro shutoff_put_off() %}
pending as (

    select
        candidates.account_key,
        candidates.at_on,
        {{ sum_money('payments.amount_usd') }} as pending_usd
    from candidates
    inner join {{ ref('int_penalties__pending_payments') }} as payments
        on
            candidates.utility_id = payments.utility_id
            and candidates.account_id = payments.account_id
            and candidates.at_on >= payments.received_on
            and candidates.at_on < payments.posted_on
    group by candidates.account_key, candidates.at_on

),

agreed as (

    select
        candidates.account_key,
        candidates.at_on,
        {{ sum_money('agreement_periods.put_off_usd') }} as put_off_usd,
        max(agreements.last_due_on) as agreement_ends_on
    from candidates
    inner join {{ ref('int_penalties__agreement_periods') }} as agreement_periods
        on
            candidates.utility_id = agreement_periods.utility_id
            and candidates.account_id = agreement_periods.account_id
            and candidates.judged_on >= agreement_periods.from_on
            and candidates.judged_on < agreement_periods.to_on
    inner join {{ ref('int_penalties__agreements') }} as agreements
        on
            agreement_periods.utility_id = agreements.utility_id
            and agreement_periods.agreement_id = agreements.agreement_id
    group by candidates.account_key, candidates.at_on

),

disputed_bills as (

    select
        candidates.account_key,
        candidates.at_on,
        disputes.bill_id,
        disputes.from_on,
        disputes.disputed_usd
    from candidates
    inner join {{ ref('int_penalties__dispute_periods') }} as disputes
        on
            candidates.utility_id = disputes.utility_id
            and candidates.account_id = disputes.account_id
            and candidates.judged_on >= disputes.from_on
            and candidates.judged_on < disputes.to_on

),

disputed as (

    select
        account_key,
        at_on,
        min(from_on) as dispute_filed_on
    from disputed_bills
    group by account_key, at_on

)
{% endmacro %}
