{{ config(materialized='view') }}

with averages as (

    select * from {{ ref('int_billing__winter_averages') }}

),

final as (

    select
        utility_id,
        account_id,
        winter_year,
        unit as usage_unit,
        first_read_on,
        last_read_on,
        read_count,
        estimated_count,
        winter_usage_quantity,
        average_quantity,
        applies_from_on,
        applies_to_on
    from averages

)

select * from final
