with dates as (

    select * from {{ ref('int_penalties__dates') }}

),

balances as (

    select * from {{ ref('int_penalties__balances') }}

),

compared as (

    select * from {{ ref('int_penalties__compared') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

cycles as (

    select
        dates.utility_id, dates.bill_id, dates.account_id, dates.customer_class, dates.billing_group, dates.bill_kind,
        dates.billed_on, dates.due_on, dates.penalty_on,
        coalesce(compared.return_assess_on, dates.assess_on) as assess_on,
        {{ as_money('greatest(0, coalesce(balances.balance_usd, 0) - coalesce(balances.pending_usd, 0))') }} as open_usd_at_penalty,
        coalesce(balances.pending_usd, 0) as pending_usd,
        {% for name in [
            'base', 'agreed', 'disputed', 'policy', 'expected', 'shadow_base', 'shadow', 'assessed', 'waived_event', 'waived_courtesy',
            'written_off', 'open',
        ] -%}
            coalesce(compared.{{ name }}_usd, 0) as {{ name }}_usd,
        {% endfor -%}
        compared.waiver_event_id,
        compared.assessed_on,
        coalesce(compared.penalty_count, 0) as penalty_count,
        coalesce(compared.is_on_return, false) as is_on_return,
        coalesce(compared.is_in_waiver, false) as is_in_waiver,
        compared.exempt_reason,
        true as has_cycle
    from dates
    left join balances
        on dates.account_key = balances.account_key and dates.penalty_on = balances.penalty_on
    left join compared
        on dates.account_key = compared.account_key and dates.penalty_on = compared.penalty_on

),

unplaced as (

    select
        utility_id, bill_id, account_id, customer_class, billing_group, bill_kind, billed_on, due_on, penalty_on,
        cast(null as date) as assess_on,
        {% for name in [
            'open_usd_at_penalty', 'pending_usd', 'base_usd', 'agreed_usd', 'disputed_usd', 'policy_usd', 'expected_usd', 'shadow_base_usd', 'shadow_usd',
        ] -%}
            cast(0 as decimal(18, 2)) as {{ name }},
        {% endfor -%}
        assessed_usd, waived_event_usd, waived_courtesy_usd, written_off_usd, open_usd,
        cast(null as varchar) as waiver_event_id,
        assessed_on,
        0 as penalty_count,
        false as is_on_return,
        false as is_in_waiver,
        cast(null as varchar) as exempt_reason,
        false as has_cycle
    from {{ ref('int_penalties__unplaced') }}

),

all_bills as (

    select * from cycles
    union all
    select * from unplaced

),

differing as (

    select
        all_bills.*,
        all_bills.assessed_usd - all_bills.waived_event_usd - all_bills.expected_usd as difference_usd,
        utilities.as_of_on,
        utilities.fiscal_year_start_month,
        coalesce(rules.is_assumed, false) as is_assumed
    from all_bills
    inner join utilities
        on all_bills.utility_id = utilities.utility_id
    left join rules
        on all_bills.utility_id = rules.utility_id
        and coalesce(all_bills.penalty_on, all_bills.assessed_on) >= rules.from_on
        and coalesce(all_bills.penalty_on, all_bills.assessed_on) < rules.to_on

),

reasoned as (

    select
        *,
        {{ penalty_difference_reason() }} as reason
    from differing

),

final as (

    select
        utility_id, bill_id, account_id, customer_class, billing_group, bill_kind, billed_on, due_on, penalty_on, assess_on,
        {% for name in ['open_usd_at_penalty', 'base_usd', 'agreed_usd', 'disputed_usd', 'pending_usd', 'policy_usd', 'expected_usd'] -%}
            {{ as_money(name) }} as {{ name }},
        {% endfor -%}
        waiver_event_id,
        shadow_usd > 0 as is_waived,
        {{ as_money('shadow_base_usd') }} as shadow_base_usd,
        {{ as_money('shadow_usd') }} as shadow_usd,
        {{ as_money('assessed_usd') }} as assessed_usd,
        assessed_on,
        {{ as_money('waived_event_usd') }} as waived_event_usd,
        {{ as_money('waived_courtesy_usd') }} as waived_courtesy_usd,
        {{ as_money('assessed_usd - waived_event_usd - waived_courtesy_usd - written_off_usd - open_usd') }} as collected_usd,
        {{ as_money('written_off_usd') }} as written_off_usd,
        {{ as_money('open_usd') }} as open_usd,
        {{ as_money('difference_usd') }} as difference_usd,
        reason,
        reason not in ('none', 'not_yet') as is_error,
        is_assumed,
        {{ fiscal_year_of("coalesce(assessed_on, assess_on, penalty_on)", 'fiscal_year_start_month') }} as fiscal_year
    from reasoned

)

select * from final
