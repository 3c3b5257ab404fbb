with source as (

    select * from {{ source('raw', 'ledger_balances') }}

),

final as (

    select
        -- ids
        utility_id,
        fund,
        fiscal_year,
        period,
        line,
        scenario,

        -- money
        amount as amount_usd,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
