with compared as (

    select * from {{ ref('int_penalties__compared') }}

),

dates as (

    select * from {{ ref('int_penalties__dates') }}

),

balances as (

    select * from {{ ref('int_penalties__balances') }}

),

unplaced as (

    select * from {{ ref('int_penalties__unplaced') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

{% set amounts = [
    'base_usd', 'agreed_usd', 'disputed_usd', 'policy_usd', 'expected_usd', 'shadow_base_usd', 'shadow_usd', 'assessed_usd', 'waived_event_usd',
    'waived_courtesy_usd', 'written_off_usd', 'open_usd',
] -%}
{% set of_the_bill = ['account_key', 'utility_id', 'account_id', 'bill_id', 'bill_kind', 'customer_class', 'billing_group', 'billed_on', 'due_on', 'penalty_on'] -%}

cycles as (

    select
        {% for name in of_the_bill -%}
            dates.{{ name }},
        {% endfor -%}
        coalesce(compared.return_assess_on, dates.assess_on) as assess_on,
        {% for name in amounts -%}
            compared.{{ name }},
        {% endfor -%}
        coalesce(balances.pending_usd, 0) as pending_usd,
        compared.waiver_event_id,
        compared.assessed_on,
        compared.penalty_count,
        coalesce(compared.is_on_return, false) as is_on_return,
        compared.is_in_waiver,
        compared.exempt_reason,
        true as has_cycle,
        false as is_before_data
    from compared
    inner join dates
        on compared.account_key = dates.account_key and compared.penalty_on = dates.penalty_on
    left join balances
        on compared.account_key = balances.account_key and compared.penalty_on = balances.penalty_on

),

without_cycle as (

    select
        {{ of_the_bill | join(', ') }},
        cast(null as date) as assess_on,
        {% for name in amounts -%}
            {{ name if name in ['assessed_usd', 'waived_event_usd', 'waived_courtesy_usd', 'written_off_usd', 'open_usd'] else '0 as ' ~ name }},
        {% endfor -%}
        0 as pending_usd,
        cast(null as varchar) as waiver_event_id,
        assessed_on,
        0 as penalty_count,
        false as is_on_return,
        false as is_in_waiver,
        cast(null as varchar) as exempt_reason,
        false as has_cycle,
        is_before_data
    from unplaced

),

bills as (

    select * from cycles
    union all
    select * from without_cycle

),

differing as (

    select
        bills.*,
        utilities.as_of_on,
        utilities.has_adjustments,
        bills.assessed_usd - bills.waived_event_usd - bills.expected_usd as difference_usd
    from bills
    inner join utilities
        on bills.utility_id = utilities.utility_id

),

reasoned as (

    select
        *,
        {{ penalty_difference_reason() }} as reason
    from differing

),

final as (

    select
        {{ of_the_bill | join(', ') }},
        assess_on,
        {% for name in amounts + ['difference_usd'] -%}
            {{ as_money(name) }} as {{ name }},
        {% endfor -%}
        waiver_event_id,
        assessed_on,
        has_cycle,
        reason,
        reason not in ('none', 'not_yet', 'not_delivered', 'before_data') as is_error
    from reasoned

)

select * from final
