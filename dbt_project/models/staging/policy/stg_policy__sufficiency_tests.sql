with source as (

    select * from {{ source('raw', 'policy_sufficiency_tests') }}

),

final as (

    select
        -- ids
        utility_id,
        fund,
        test_id,

        -- what is compared with what
        title,
        measure,
        debt_service_basis,
        comparison,
        target_name,
        target_value,
        band_percent,
        is_required,
        sets_rates,
        sort,

        -- where it comes from
        ordinance,
        convention,
        owner,
        assumed_on,
        source,
        is_assumed,
        note
    from source

)

select * from final
