with policy_scenarios as (

    select * from {{ ref('stg_policy__scenarios') }}

),

known as (

    select distinct
        utility_id,
        scenario
    from {{ ref('int_finance__assumptions') }}

),

final as (

    select
        known.utility_id,
        known.scenario,
        -- A city that wrote no assumptions has the one scenario that takes everything as it is.
        coalesce(policy_scenarios.title, 'Rates as they are') as title,
        policy_scenarios.based_on,
        coalesce(policy_scenarios.sort, 1) as sort
    from known
    left join policy_scenarios
        on known.utility_id = policy_scenarios.utility_id and known.scenario = policy_scenarios.scenario

)

select * from final
