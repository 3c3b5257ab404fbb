-- Penalties and waivers of bills that bear none: bills without a penalty date by the as-of date, cancelled or followed by another bill of the same penalty
-- date; and of accounts that had no penalty date yet.
with charged as (

    select
        utility_id,
        account_key,
        account_id,
        bill_id,
        min(posted_on) as first_on,
        min(case when adjustment_id is not null then posted_on end) as assessed_on,
        {% for name in ['assessed', 'waived_event', 'waived_courtesy', 'written_off', 'open'] -%}
            {{ sum_money(name ~ '_usd') }} as {{ name }}_usd{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_penalties__charged') }}
    where penalty_on is null
    group by utility_id, account_key, account_id, bill_id

),

bills as (

    select
        utility_id,
        bill_id,
        account_id,
        bill_kind,
        billed_on,
        due_on,
        penalty_on
    from {{ ref('int_billing__bills') }}

),

accounts as (

    select
        utility_id,
        account_id,
        opened_on
    from {{ ref('stg_extracts__accounts') }}

),

beginnings as (

    select
        utility_id,
        min(billed_on) as first_billed_on
    from bills
    group by utility_id

),

account_periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

final as (

    select
        charged.*,
        coalesce(accounts.opened_on <= beginnings.first_billed_on, true) as is_before_data,
        account_periods.customer_class,
        account_periods.billing_group,
        bills.bill_kind,
        bills.billed_on,
        bills.due_on,
        bills.penalty_on
    from charged
    left join bills
        on
            charged.utility_id = bills.utility_id
            and charged.bill_id = bills.bill_id
            and charged.account_id = bills.account_id
    left join accounts
        on charged.utility_id = accounts.utility_id and charged.account_id = accounts.account_id
    left join beginnings
        on charged.utility_id = beginnings.utility_id
    left join account_periods
        on
            charged.account_key = account_periods.account_key
            and charged.first_on >= account_periods.from_on
            and charged.first_on < account_periods.to_on

)

select * from final
