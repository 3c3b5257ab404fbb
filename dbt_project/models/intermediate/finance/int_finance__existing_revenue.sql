with steps as (

    select * from {{ ref('int_finance__existing_steps') }}
    where step = 'existing'

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

summed as (

    select
        steps.utility_id,
        service_funds.fund,
        steps.test_year,
        {{ sum_money('steps.amount_usd') }} as existing_usd,
        {{ sum_money('steps.volumetric_usd') }} as volumetric_usd
    from steps
    inner join service_funds
        on steps.utility_id = service_funds.utility_id and steps.service = service_funds.service
    group by steps.utility_id, service_funds.fund, steps.test_year

),

final as (

    select
        utility_id,
        fund,
        test_year,
        existing_usd,
        volumetric_usd,
        cast(case when existing_usd > 0 then greatest(least(volumetric_usd / existing_usd, 1), 0) else 0 end as decimal(18, 12)) as volumetric_share
    from summed

)

select * from final
