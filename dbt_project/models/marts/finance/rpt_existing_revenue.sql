with steps as (

    select * from {{ ref('int_finance__existing_steps') }}

),

years as (

    select * from {{ ref('int_finance__test_years') }}

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

rates as (

    select
        utility_id,
        service,
        max(effective_from_on) as effective_from_on
    from {{ ref('int_finance__tariffs_in_force') }}
    group by utility_id, service

),

final as (

    select
        steps.utility_id,
        service_funds.fund,
        steps.service,
        steps.customer_class,
        steps.test_year,
        years.from_on as test_year_from_on,
        years.through_on as test_year_through_on,
        years.test_year = years.last_year_over as is_last_year_over,
        rates.effective_from_on as rates_from_on,
        steps.step_no,
        steps.step,
        steps.title,
        steps.step = 'existing' as is_total,
        steps.amount_usd,
        steps.fixed_usd,
        steps.volumetric_usd
    from steps
    inner join years
        on steps.utility_id = years.utility_id
    left join service_funds
        on steps.utility_id = service_funds.utility_id and steps.service = service_funds.service
    left join rates
        on steps.utility_id = rates.utility_id and steps.service = rates.service

)

select * from final
