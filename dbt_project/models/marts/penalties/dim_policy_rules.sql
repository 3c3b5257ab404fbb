with rules as (

    select * from {{ ref('stg_policy__rules') }}

),

final as (

    select
        utility_id,
        rule_name,
        rule_value,
        effective_from_on,
        effective_to_on,
        is_assumed,
        source,
        note
    from rules

)

select * from final
