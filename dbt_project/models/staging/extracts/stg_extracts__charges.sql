with source as (

    select * from {{ source('raw', 'charges') }}

),

final as (

    select
        -- ids
        utility_id,
        charge_id,
        bill_id,
        account_id,

        -- codes
        service,
        charge_code,
        unit,
        basis,

        -- numbers
        block,
        quantity,
        rate as charge_rate_usd,
        amount as amount_usd,

        -- switches: what is collected for others or owed back is receivable, never revenue
        coalesce(is_revenue, charge_code not in ('tax', 'franchise', 'deposit', 'loan')) as is_revenue,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
