with debt_service as (

    select * from {{ ref('stg_extracts__debt_service') }}

),

utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

final as (

    select
        debt_service.utility_id,
        debt_service.fund,
        debt_service.issue_id,
        debt_service.lien,
        {{ fiscal_year_of('debt_service.payment_on', 'utilities.fiscal_year_start_month') }} as fiscal_year,
        {{ sum_money('debt_service.principal_usd') }} as principal_usd,
        {{ sum_money('debt_service.interest_usd') }} as interest_usd,
        {{ sum_money('debt_service.principal_usd + debt_service.interest_usd') }} as amount_usd
    from debt_service
    inner join utilities
        on debt_service.utility_id = utilities.utility_id
    group by
        debt_service.utility_id,
        debt_service.fund,
        debt_service.issue_id,
        debt_service.lien,
        {{ fiscal_year_of('debt_service.payment_on', 'utilities.fiscal_year_start_month') }}

)

select * from final
