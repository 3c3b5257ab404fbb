-- The penalties that waivers stopped. Where the policy compounds, each stands on the earlier ones too: nobody could have paid them (a fold over
-- the account's waived cycles). Unapplied credit counts against them.
with judged as (

    select * from {{ ref('int_penalties__judged') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

dates as (

    select * from {{ ref('int_penalties__dates') }}

),

waived as (

    select * from {{ ref('int_penalties__waived') }}

),

balances as (

    select * from {{ ref('int_penalties__balances') }}

),

put_off as (

    select * from {{ ref('int_penalties__put_off') }}

),

exempt as (

    select * from {{ ref('int_penalties__exempt') }}

),

compounding_accounts as (

    select distinct account_key
    from judged
    where compounding = 'compounding' and policy_usd > expected_usd

),

-- The waived cycles of these accounts, those that owed nothing too.
cycles as (

    select
        dates.utility_id,
        dates.account_key,
        dates.penalty_on,
        coalesce(judged.at_on, dates.penalty_on) as at_on,
        waived.waiver_event_id,
        case
            when judged.is_on_return then judged.base_usd
            when judged.account_key is not null then judged.net_usd
            else
                -- what is open without a base is not in it: it is not past due
                least(0, coalesce(balances.balance_usd - balances.pending_usd, 0))
                - coalesce(put_off.agreed_usd, 0) - coalesce(put_off.disputed_usd, 0)
        end as net_usd,
        coalesce(judged.expected_usd, 0) as expected_usd
    from dates
    inner join compounding_accounts
        on dates.account_key = compounding_accounts.account_key
    left join judged
        on dates.account_key = judged.account_key and dates.penalty_on = judged.penalty_on
    inner join waived
        on dates.account_key = waived.account_key and waived.at_on = coalesce(judged.at_on, dates.penalty_on)
    left join balances
        on dates.account_key = balances.account_key and dates.penalty_on = balances.penalty_on
    left join put_off
        on dates.account_key = put_off.account_key and dates.penalty_on = put_off.penalty_on
    left join exempt
        on dates.account_key = exempt.account_key and dates.penalty_on = exempt.penalty_on
    where exempt.account_key is null

),

folded as (

    select
        cycles.*,
        rules.penalty_pct,
        rules.is_flat,
        rules.flat_usd,
        rules.minimum_usd,
        rules.base_floor_usd,
        {{ folded(
            {
                'net_usd': 'cycles.net_usd', 'expected_usd': 'cycles.expected_usd', 'penalty_pct': 'rules.penalty_pct',
                'is_flat': 'rules.is_flat', 'flat_usd': 'rules.flat_usd', 'minimum_usd': 'rules.minimum_usd',
                'base_floor_usd': 'rules.base_floor_usd',
            },
            'step_total + greatest(0, ' ~ penalty_on('greatest(0, step.net_usd + step_total)', 'step') ~ ' - step.expected_usd)',
            'earlier'
        ) }} as earlier_shadow_usd
    from cycles
    inner join rules
        on
            cycles.utility_id = rules.utility_id
            and cycles.penalty_on >= rules.from_on
            and cycles.penalty_on < rules.to_on
    where rules.compounding = 'compounding'
    window
        earlier as (partition by cycles.account_key order by cycles.at_on rows between unbounded preceding and 1 preceding)

),

compounded as (

    select
        folded.*,
        greatest(0, net_usd + earlier_shadow_usd) as shadow_base_usd,
        greatest(0, {{ penalty_on('greatest(0, folded.net_usd + folded.earlier_shadow_usd)', 'folded') }} - expected_usd) as shadow_usd
    from folded

),

final as (

    select account_key, penalty_on, waiver_event_id, {{ as_money('shadow_base_usd') }} as shadow_base_usd, {{ as_money('shadow_usd') }} as shadow_usd
    from compounded
    where shadow_usd > 0
    union all
    select account_key, penalty_on, waiver_event_id, base_usd as shadow_base_usd, {{ as_money('policy_usd - expected_usd') }} as shadow_usd
    from judged
    where compounding != 'compounding' and policy_usd > expected_usd

)

select * from final
