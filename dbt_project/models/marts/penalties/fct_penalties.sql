with dates as (

    select * from {{ ref('int_penalties__dates') }}

),

balances as (

    select * from {{ ref('int_penalties__balances') }}

),

differences as (

    select * from {{ ref('int_penalties__differences') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

{% set amounts = [
    'base_usd', 'agreed_usd', 'disputed_usd', 'policy_usd', 'expected_usd', 'shadow_base_usd', 'shadow_usd', 'assessed_usd', 'waived_event_usd',
    'waived_courtesy_usd', 'written_off_usd', 'open_usd', 'difference_usd',
] -%}
{% set of_the_bill = ['utility_id', 'bill_id', 'account_id', 'customer_class', 'billing_group', 'bill_kind', 'billed_on', 'due_on', 'penalty_on'] -%}

bills as (

    select
        {% for name in of_the_bill -%}
            dates.{{ name }},
        {% endfor -%}
        case when differences.account_key is not null then differences.assess_on else dates.assess_on end as assess_on,
        greatest(0, coalesce(balances.balance_usd, 0) - coalesce(balances.pending_usd, 0)) as open_at_penalty_usd,
        coalesce(balances.pending_usd, 0) as pending_usd,
        {% for name in amounts -%}
            coalesce(differences.{{ name }}, 0) as {{ name }},
        {% endfor -%}
        differences.waiver_event_id,
        differences.assessed_on,
        coalesce(differences.reason, 'none') as reason,
        coalesce(differences.is_error, false) as is_error
    from dates
    left join balances
        on dates.account_key = balances.account_key and dates.penalty_on = balances.penalty_on
    left join differences
        on
            differences.has_cycle
            and dates.account_key = differences.account_key
            and dates.penalty_on = differences.penalty_on

    union all

    select
        {{ of_the_bill | join(', ') }},
        assess_on,
        0 as open_at_penalty_usd,
        0 as pending_usd,
        {{ amounts | join(', ') }},
        waiver_event_id,
        assessed_on,
        reason,
        is_error
    from differences
    where not has_cycle

),

final as (

    select
        {% for name in of_the_bill -%}
            bills.{{ name }},
        {% endfor -%}
        bills.assess_on,
        {% for name in ['open_at_penalty_usd', 'base_usd', 'agreed_usd', 'disputed_usd', 'pending_usd', 'policy_usd', 'expected_usd'] -%}
            {{ as_money('bills.' ~ name) }} as {{ name }},
        {% endfor -%}
        bills.waiver_event_id,
        bills.shadow_usd > 0 as is_waived,
        {{ as_money('bills.shadow_base_usd') }} as shadow_base_usd,
        {{ as_money('bills.shadow_usd') }} as shadow_usd,
        {{ as_money('bills.assessed_usd') }} as assessed_usd,
        bills.assessed_on,
        {% for name in ['waived_event_usd', 'waived_courtesy_usd'] -%}
            {{ as_money('bills.' ~ name) }} as {{ name }},
        {% endfor -%}
        {{ as_money(
            'bills.assessed_usd - bills.waived_event_usd - bills.waived_courtesy_usd - bills.written_off_usd - bills.open_usd'
        ) }} as collected_usd,
        {% for name in ['written_off_usd', 'open_usd', 'difference_usd'] -%}
            {{ as_money('bills.' ~ name) }} as {{ name }},
        {% endfor -%}
        bills.reason,
        bills.is_error,
        coalesce(rules.is_assumed, false) as is_assumed,
        {{ fiscal_year_of("coalesce(bills.assessed_on, bills.assess_on, bills.penalty_on)", 'utilities.fiscal_year_start_month') }} as fiscal_year
    from bills
    inner join utilities
        on bills.utility_id = utilities.utility_id
    left join rules
        on
            bills.utility_id = rules.utility_id
            and coalesce(bills.penalty_on, bills.assessed_on) >= rules.from_on
            and coalesce(bills.penalty_on, bills.assessed_on) < rules.to_on

)

select * from final
