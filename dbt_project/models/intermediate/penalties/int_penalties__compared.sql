with judged as (

    select * from {{ ref('int_penalties__judged') }}

),

shadows as (

    select * from {{ ref('int_penalties__shadows') }}

),

put_off as (

    select * from {{ ref('int_penalties__put_off') }}

),

waived as (

    select * from {{ ref('int_penalties__waived') }}

),

exempt as (

    select * from {{ ref('int_penalties__exempt') }}

),

charged as (

    select
        account_key,
        penalty_on,
        min(case when adjustment_id is not null then posted_on end) as assessed_on,
        count(adjustment_id) as penalty_count,
        {% for name in ['assessed', 'waived_event', 'waived_courtesy', 'written_off', 'open'] -%}
            {{ sum_money(name ~ '_usd') }} as {{ name }}_usd{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_penalties__charged') }}
    where penalty_on is not null
    group by account_key, penalty_on

),

cycles as (

    select account_key, penalty_on from judged
    union
    select account_key, penalty_on from shadows
    union
    select account_key, penalty_on from put_off
    union
    select account_key, penalty_on from charged

),

final as (

    select
        cycles.account_key,
        cycles.penalty_on,
        judged.is_on_return,
        coalesce(judged.at_on, cycles.penalty_on) as at_on,
        case when judged.is_on_return then judged.assess_on end as return_assess_on,
        coalesce(judged.base_usd, 0) as base_usd,
        coalesce(judged.policy_usd, 0) as policy_usd,
        coalesce(judged.expected_usd, 0) as expected_usd,
        coalesce(put_off.agreed_usd, 0) as agreed_usd,
        coalesce(put_off.disputed_usd, 0) as disputed_usd,
        shadows.waiver_event_id,
        coalesce(shadows.shadow_base_usd, 0) as shadow_base_usd,
        coalesce(shadows.shadow_usd, 0) as shadow_usd,
        charged.assessed_on,
        coalesce(charged.penalty_count, 0) as penalty_count,
        {% for name in ['assessed', 'waived_event', 'waived_courtesy', 'written_off', 'open'] -%}
            coalesce(charged.{{ name }}_usd, 0) as {{ name }}_usd,
        {% endfor -%}
        waived.account_key is not null as is_in_waiver,
        exempt.exempt_reason
    from cycles
    left join judged
        on cycles.account_key = judged.account_key and cycles.penalty_on = judged.penalty_on
    left join shadows
        on cycles.account_key = shadows.account_key and cycles.penalty_on = shadows.penalty_on
    left join put_off
        on cycles.account_key = put_off.account_key and cycles.penalty_on = put_off.penalty_on
    left join charged
        on cycles.account_key = charged.account_key and cycles.penalty_on = charged.penalty_on
    left join waived
        on cycles.account_key = waived.account_key and coalesce(judged.at_on, cycles.penalty_on) = waived.at_on
    left join exempt
        on cycles.account_key = exempt.account_key and cycles.penalty_on = exempt.penalty_on

)

select * from final
