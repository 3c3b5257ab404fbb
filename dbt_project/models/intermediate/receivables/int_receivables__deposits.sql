with deposits as (

    select * from {{ ref('stg_extracts__deposits') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

signed as (

    select
        deposits.*,
        utilities.account_fund as fund,
        case when deposits.deposit_kind in ('received', 'interest') then deposits.amount_usd else -deposits.amount_usd end as change_usd
    from deposits
    inner join utilities
        on deposits.utility_id = utilities.utility_id and deposits.posted_on <= utilities.as_of_on

),

-- Within a day what comes in stands first.
final as (

    select
        utility_id,
        deposit_id,
        account_id,
        posted_on,
        deposit_kind,
        {{ as_money('change_usd') }} as change_usd,
        {{ as_money('sum(change_usd) over account_days') }} as held_usd,
        fund,
        _load_id,
        _line_number
    from signed
    window
        account_days as (
            partition by utility_id, account_id
            order by posted_on, case when change_usd >= 0 then 0 else 1 end, deposit_id
            rows between unbounded preceding and current row
        )

)

select * from final
