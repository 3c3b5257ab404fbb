{{ config(materialized='table_function', parameters=['assumptions_table'], contract={'enforced': false}) }}

with given_assumptions as (

    select * from {{ rows_of('assumptions_table') }}

),


final as ({{ finance_drivers('given_assumptions') }})

select * from final
