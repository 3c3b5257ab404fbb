with source as (

    select * from {{ source('raw', 'accounts') }}

),

final as (

    select
        -- ids
        utility_id,
        account_id,
        customer_id,
        premise_id,
        owner_id,

        -- texts and codes
        service_address,
        customer_class,
        rate_code,
        billing_group,
        autopay,
        assistance_program,
        occupancy,

        -- switches
        budget_billing as is_budget_billing,
        phone is not null as has_phone,

        -- dates
        opened_on,
        closed_on,
        autopay_since as autopay_since_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
