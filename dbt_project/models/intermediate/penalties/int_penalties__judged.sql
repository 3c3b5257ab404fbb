with checks as (

    select * from {{ ref('int_penalties__checks') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

bases as (

    select * from {{ ref('int_penalties__bases') }}

),

put_off as (

    select * from {{ ref('int_penalties__put_off') }}

),

exempt as (

    select * from {{ ref('int_penalties__exempt') }}

),

waived as (

    select * from {{ ref('int_penalties__waived') }}

),

return_balances as (

    select * from {{ ref('int_penalties__return_balances') }}

),

measured as (

    select
        checks.*,
        {{ as_money('coalesce(bases.scope_usd, 0) - coalesce(put_off.agreed_usd, 0) - coalesce(put_off.disputed_usd, 0)') }} as net_usd,
        coalesce(return_balances.open_usd, 0) as open_on_return_usd,
        waived.waiver_event_id,
        {{ as_money(
            '0' ~ services_waived('bases', 'waived')
        ) }} as waived_scope_usd,
        exempt.exempt_reason
    from checks
    left join bases
        on checks.account_key = bases.account_key and checks.at_on = bases.at_on
    left join put_off
        on checks.account_key = put_off.account_key and checks.penalty_on = put_off.penalty_on
    left join exempt
        on checks.account_key = exempt.account_key and checks.penalty_on = exempt.penalty_on
    left join waived
        on checks.account_key = waived.account_key and checks.at_on = waived.at_on
    left join return_balances
        on checks.account_key = return_balances.account_key and checks.at_on = return_balances.returned_on

),

based as (

    select
        *,
        case
            when is_on_return then least(greatest(0, net_usd), open_on_return_usd)
            else greatest(0, net_usd)
        end as base_usd
    from measured

),

priced as (

    select
        based.*,
        rules.compounding,
        case when based.exempt_reason is null then {{ penalty_on('based.base_usd', 'rules') }} else 0 end as policy_usd,
        case
            when based.exempt_reason is null then {{ penalty_on('greatest(0, based.base_usd - based.waived_scope_usd)', 'rules') }}
            else 0
        end as expected_usd
    from based
    inner join rules
        on based.utility_id = rules.utility_id and based.penalty_on >= rules.from_on and based.penalty_on < rules.to_on

),

-- A bill has one penalty: that of its penalty date, else that of the first return that lets it have one.
ranked as (

    select
        *,
        row_number() over (
            partition by account_key, penalty_on
            order by case when policy_usd > 0 then 0 else 1 end, at_on
        ) as choice_no
    from priced
    where policy_usd > 0 or not is_on_return

),

final as (

    select
        account_key,
        utility_id,
        penalty_on,
        at_on,
        is_on_return,
        assess_on,
        compounding,
        exempt_reason,
        waiver_event_id,
        net_usd,
        {{ as_money('base_usd') }} as base_usd,
        {{ as_money('policy_usd') }} as policy_usd,
        {{ as_money('expected_usd') }} as expected_usd
    from ranked
    where choice_no = 1

)

select * from final
