-- The month is that of the day on which the penalty is posted: a waiver is judged by it. Where the policy compounds, the base of a waived cycle holds
-- the shadow penalties before it.
with dates as (

    select
        *,
        {{ numbered_key('account_key', days_between(beginning_of_time(), 'penalty_on')) }} as cycle_key
    from {{ ref('int_penalties__dates') }}

),

judged as (

    select
        *,
        {{ numbered_key('account_key', days_between(beginning_of_time(), 'penalty_on')) }} as cycle_key
    from {{ ref('int_penalties__judged') }}

),

shadows as (

    select
        *,
        {{ numbered_key('account_key', days_between(beginning_of_time(), 'penalty_on')) }} as cycle_key
    from {{ ref('int_penalties__shadows') }}

),

waived as (

    select
        *,
        {{ numbered_key('account_key', days_between(beginning_of_time(), 'at_on')) }} as cycle_key
    from {{ ref('int_penalties__waived') }}

),

bills as (

    select * from {{ ref('int_penalties__impact_bills') }}

),

cycles as (

    select
        bills.utility_id,
        bills.cluster_no,
        bills.customer_class,
        {{ month_number("coalesce(judged.assess_on, dates.assess_on, " ~ add_days('dates.penalty_on', '1') ~ ")") }} as month_no,
        bills.net_usd,
        case when judged.policy_usd > 0 then coalesce(shadows.shadow_base_usd, judged.base_usd) else 0 end as base_usd,
        case when judged.policy_usd > 0 then judged.expected_usd + coalesce(shadows.shadow_usd, 0) else 0 end as policy_usd,
        coalesce(shadows.shadow_usd, 0) as shadow_usd,
        waived.at_on is not null as is_waived
    from dates
    inner join bills
        on dates.utility_id = bills.utility_id and dates.bill_id = bills.bill_id
    left join judged
        on dates.cycle_key = judged.cycle_key
    left join shadows
        on dates.cycle_key = shadows.cycle_key
    left join waived
        on {{ numbered_key('dates.account_key', days_between(beginning_of_time(), 'coalesce(judged.at_on, dates.penalty_on)')) }} = waived.cycle_key

),

final as (

    select
        utility_id,
        month_no,
        cluster_no,
        customer_class,
        {{ sum_money('net_usd') }} as net_usd,
        {{ sum_money('base_usd') }} as base_usd,
        {{ sum_money('policy_usd') }} as policy_usd,
        {{ sum_money('shadow_usd') }} as shadow_usd,
        {{ sum_money('case when is_waived then net_usd end') }} as waived_net_usd,
        {{ sum_money('case when is_waived then base_usd end') }} as waived_base_usd
    from cycles
    group by utility_id, month_no, cluster_no, customer_class

)

select * from final
