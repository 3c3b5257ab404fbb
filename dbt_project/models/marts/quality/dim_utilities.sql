with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

final as (

    select
        utility_id,
        case when is_simulated then utility_name || ' (simulated)' else utility_name end as utility_name,
        state,
        fiscal_year_start_month,
        account_fund,
        is_simulated,
        case
            when is_simulated then 'Simulated data. Not figures of the ' || utility_name || '.'
        end as data_mark,
        first_posted_on,
        as_of_on,
        latest_delivered_on
    from utilities

)

select * from final
