with answers as (

    select * from {{ ref('int_finance__answers') }}

),

final as (

    select
        utility_id,
        fund,
        scenario,
        fiscal_year,
        * exclude (utility_id, fund, scenario, fiscal_year)
    from answers

)

select * from final
