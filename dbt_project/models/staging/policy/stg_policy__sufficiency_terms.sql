with source as (

    select * from {{ source('raw', 'policy_sufficiency_terms') }}

),

final as (

    select
        -- ids
        utility_id,
        fund,
        test_id,
        side,
        position,

        -- the lines that it stands for
        sign,
        term_kind,
        term,
        qualifier
    from source

)

select * from final
