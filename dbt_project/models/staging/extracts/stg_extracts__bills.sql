with source as (

    select * from {{ source('raw', 'bills') }}

),

final as (

    select
        -- ids
        utility_id,
        bill_id,
        account_id,
        cancels_bill_id,

        -- codes
        kind as bill_kind,
        billing_period,
        delivery,

        -- money
        budget_amount as budget_amount_usd,
        previous_balance as printed_previous_balance_usd,
        amount_due as printed_amount_due_usd,

        -- dates
        bill_date as billed_on,
        due_date as due_on,
        penalty_date as penalty_on,
        service_from as service_from_on,
        service_to as service_to_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
