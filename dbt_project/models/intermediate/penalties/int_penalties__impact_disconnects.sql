with events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'shutoff_moratorium'

),

account_months as (

    select * from {{ ref('int_receivables__account_months') }}

),

rules as (

    select * from {{ ref('int_penalties__collection_rules') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

-- Far enough past due for a shut-off at the end of a month in which a moratorium holds.
candidates as (

    select
        account_months.utility_id,
        account_months.account_key,
        accounts.account_id,
        account_months.month_end_on,
        account_months.month_no,
        account_months.customer_class,
        account_months.billing_group,
        rules.holds,
        rules.has_shutoff_blocked_by_agreement,
        rules.has_shutoff_blocked_by_dispute,
        rules.disconnect_fee_usd + rules.reconnect_fee_usd as fees_usd,
        events.event_id,
        events.event_no,
        events.services
    from account_months
    inner join events
        on
            account_months.utility_id = events.utility_id
            and account_months.month_end_on >= events.starts_on
            and (account_months.month_end_on <= events.ends_on or events.is_open)
            and (events.customer_classes is null or {{ names_word('events.customer_classes', 'account_months.customer_class') }})
    inner join rules
        on
            account_months.utility_id = rules.utility_id
            and account_months.month_end_on >= rules.from_on
            and account_months.month_end_on < rules.to_on
            and {{ names_word('rules.disconnect_classes', 'account_months.customer_class') }}
            and {{ names_word('rules.holds', "'moratorium'") }}
    inner join accounts
        on account_months.account_key = accounts.account_key
    where
        account_months.is_shutoff_eligible
        and not coalesce(account_months.is_final, false)
        and rules.disconnect_fee_usd + rules.reconnect_fee_usd > 0

),

-- A moratorium on some services concerns whoever is past due for one of them.
late_services as (

    select distinct
        account_key,
        at_on,
        service
    from {{ ref('int_receivables__open_months') }}
    where due_on < at_on and at_on in (select month_end_on from candidates where services is not null)

),

concerned as (

    select distinct
        candidates.utility_id,
        candidates.account_key,
        candidates.account_id,
        candidates.month_end_on,
        candidates.month_no,
        candidates.customer_class,
        candidates.billing_group,
        candidates.holds,
        candidates.has_shutoff_blocked_by_agreement,
        candidates.has_shutoff_blocked_by_dispute,
        candidates.fees_usd,
        candidates.event_id,
        candidates.event_no
    from candidates
    left join late_services
        on candidates.account_key = late_services.account_key and candidates.month_end_on = late_services.at_on
    where
        candidates.services is null
        or late_services.service = 'account'
        or {{ names_word('candidates.services', 'late_services.service') }}

),

covered as (

    select
        utility_id,
        account_key,
        account_id,
        month_end_on,
        month_no,
        customer_class,
        billing_group,
        holds,
        has_shutoff_blocked_by_agreement,
        has_shutoff_blocked_by_dispute,
        fees_usd,
        {{ listed('event_id', 'event_no') }} as covered_by
    from concerned
    group by
        utility_id, account_key, account_id, month_end_on, month_no, customer_class, billing_group, holds, has_shutoff_blocked_by_agreement,
        has_shutoff_blocked_by_dispute, fees_usd

),

final as (

    select
        utility_id,
        account_key,
        month_end_on,
        month_no,
        customer_class,
        billing_group,
        covered_by,
        fees_usd as amount_usd
    from covered
    where
        {% for name, condition in [
            ('holds', names_word('covered.holds', 'others.hold_kind')), ('agreement_periods', 'covered.has_shutoff_blocked_by_agreement'),
            ('dispute_periods', 'covered.has_shutoff_blocked_by_dispute'), ('off_periods', 'true')
        ] -%}
            {% set is_hold = name == 'holds' -%}
            not exists (
                select 1
                from {{ ref('int_penalties__' ~ name) }} as others
                where
                    covered.utility_id = others.utility_id
                    and covered.account_id = others.account_id
                    and covered.month_end_on >= others.{{ 'starts_on' if is_hold else 'from_on' }}
                    and {{ 'covered.month_end_on <= coalesce(others.ends_on, covered.month_end_on)' if is_hold else 'covered.month_end_on < others.to_on' }}
                    and {{ condition }}
            )
            {{ 'and ' if not loop.last }}
        {%- endfor %}

)

select * from final
