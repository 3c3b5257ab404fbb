{{ config(materialized='table_function', parameters=['assumptions_table', 'drivers_table'], contract={'enforced': false}) }}

with given_assumptions as (

    select * from {{ rows_of('assumptions_table') }}

),

given_drivers as (

    select * from {{ rows_of('drivers_table') }}

),


final as ({{ finance_costs('given_assumptions', 'given_drivers') }})

select * from final
