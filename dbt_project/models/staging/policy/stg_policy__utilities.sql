with source as (

    select * from {{ source('raw', 'policy_utilities') }}

),

final as (

    select
        utility_id,
        name as utility_name,
        state,
        fiscal_year_start_month,
        time_zone,
        account_fund,
        source,
        is_assumed
    from source

)

select * from final
