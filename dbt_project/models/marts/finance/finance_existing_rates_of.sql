{{ config(materialized='table_function', parameters=['drivers_table'], contract={'enforced': false}) }}

with given_drivers as (

    select * from {{ rows_of('drivers_table') }}

),


final as ({{ finance_existing_rates('given_drivers') }})

select * from final
