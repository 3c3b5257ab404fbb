with account_months as (

    select * from {{ ref('int_receivables__account_months') }}
    where is_shutoff_eligible and not coalesce(is_final, false)

),

rules as (

    select * from {{ ref('int_penalties__collection_rules') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

eligible as (

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
        {{ as_money('rules.disconnect_fee_usd + rules.reconnect_fee_usd') }} as fees_usd
    from account_months
    inner join rules
        on
            account_months.utility_id = rules.utility_id
            and account_months.month_end_on >= rules.from_on
            and account_months.month_end_on < rules.to_on
            and {{ names_word('rules.disconnect_classes', 'account_months.customer_class') }}
    inner join accounts
        on account_months.account_key = accounts.account_key
    where rules.disconnect_fee_usd + rules.reconnect_fee_usd > 0

),

final as (

    select
        utility_id,
        account_key,
        month_end_on,
        month_no,
        customer_class,
        billing_group,
        fees_usd,
        {{ names_word('eligible.holds', "'moratorium'") }} as is_held_by_moratorium
    from eligible
    where
        {% for name, condition in [
            ('holds', names_word('eligible.holds', 'others.hold_kind')), ('agreement_periods', 'eligible.has_shutoff_blocked_by_agreement'),
            ('dispute_periods', 'eligible.has_shutoff_blocked_by_dispute'), ('off_periods', 'true')
        ] -%}
            {% set is_hold = name == 'holds' -%}
            not exists (
                select 1
                from {{ ref('int_penalties__' ~ name) }} as others
                where
                    eligible.utility_id = others.utility_id
                    and eligible.account_id = others.account_id
                    and eligible.month_end_on >= others.{{ 'starts_on' if is_hold else 'from_on' }}
                    and {{ 'eligible.month_end_on <= coalesce(others.ends_on, eligible.month_end_on)' if is_hold else 'eligible.month_end_on < others.to_on' }}
                    and {{ condition }}
            )
            {{ 'and ' if not loop.last }}
        {%- endfor %}

)

select * from final
