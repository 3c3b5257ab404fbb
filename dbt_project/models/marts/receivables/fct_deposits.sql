with deposits as (

    select * from {{ ref('int_receivables__deposits') }}

),

final as (

    select
        utility_id,
        deposit_id,
        account_id,
        posted_on,
        deposit_kind,
        change_usd,
        held_usd,
        fund,
        _load_id,
        _line_number
    from deposits

)

select * from final
