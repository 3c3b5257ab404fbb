with accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

complete_days as (

    select * from {{ ref('int_billing__complete_days') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

policy as (

    select * from {{ ref('stg_policy__rules') }}
    where rule_name = 'reads.max_gap_days'

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

gaps as (

    select
        policy.utility_id,
        max(cast(policy.rule_value as integer)) as max_gap_days
    from policy
    inner join utilities
        on
            policy.utility_id = utilities.utility_id
            and utilities.as_of_on >= policy.effective_from_on
            and utilities.as_of_on <= coalesce(policy.effective_to_on, {{ end_of_time() }})
    group by policy.utility_id

),

-- What lies before the first bills cannot be judged, and neither what lies after the as-of date.
judged as (

    select
        keys.account_key,
        accounts.utility_id,
        accounts.account_id,
        accounts.premise_id,
        accounts.customer_class,
        accounts.opened_on,
        greatest(coalesce(accounts.opened_on, complete_days.from_on), {{ add_days('complete_days.from_on', '-1') }}) as from_on,
        least(coalesce(accounts.closed_on, utilities.as_of_on), utilities.as_of_on) as to_on,
        coalesce(accounts.closed_on > utilities.as_of_on, true) as is_open,
        coalesce(gaps.max_gap_days, 45) as max_gap_days,
        rules.frequency_months
    from accounts
    inner join keys
        on accounts.utility_id = keys.utility_id and accounts.account_id = keys.account_id
    inner join complete_days
        on accounts.utility_id = complete_days.utility_id
    inner join utilities
        on accounts.utility_id = utilities.utility_id
    inner join rules
        on
            accounts.utility_id = rules.utility_id
            and utilities.as_of_on >= rules.from_on
            and utilities.as_of_on < rules.to_on
    left join gaps
        on accounts.utility_id = gaps.utility_id

),

final as (

    select * from judged
    where from_on < to_on

)

select * from final
