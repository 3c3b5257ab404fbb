with rules as (

    select * from {{ ref('stg_policy__rules') }}
    where is_assumed

),

events as (

    select * from {{ ref('stg_policy__events') }}
    where is_assumed

),

application_order as (

    select * from {{ ref('stg_policy__application_order') }}
    where is_assumed

),

utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

final as (

    select
        utility_id,
        rule_name as subject,
        rule_value as assumed_value,
        effective_from_on,
        note
    from rules
    union all
    select
        utility_id,
        'event ' || event_id || ' (' || event_kind || ')' as subject,
        event_title as assumed_value,
        starts_on as effective_from_on,
        note
    from events
    union all
    select
        utility_id,
        'order in which payments are applied, ' || dimension as subject,
        item || ': ' || application_rank as assumed_value,
        cast(null as date) as effective_from_on,
        source as note
    from application_order
    union all
    select
        utility_id,
        'fund of what has no service' as subject,
        account_fund as assumed_value,
        cast(null as date) as effective_from_on,
        source as note
    from utilities
    where is_assumed

)

select * from final
