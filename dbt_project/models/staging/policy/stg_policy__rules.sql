with source as (

    select * from {{ source('raw', 'policy_rules') }}

),

final as (

    select
        utility_id,
        rule as rule_name,
        value as rule_value,
        effective_from as effective_from_on,
        effective_to as effective_to_on,
        note,
        source,
        is_assumed
    from source

)

select * from final
