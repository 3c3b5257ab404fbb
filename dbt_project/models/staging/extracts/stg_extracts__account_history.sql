with source as (

    select * from {{ source('raw', 'account_history') }}

),

final as (

    select
        -- ids
        utility_id,
        account_id,

        -- codes
        customer_class,
        rate_code,
        billing_group,
        autopay,
        assistance_program,
        status as account_status,

        -- switches
        budget_billing as is_budget_billing,

        -- dates
        effective_from as effective_from_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
