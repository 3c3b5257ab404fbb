{{ config(materialized='table_function', parameters=['drivers_table', 'costs_table', 'existing_table', 'paths_table'], contract={'enforced': false}) }}

with given_drivers as (

    select * from {{ rows_of('drivers_table') }}

),

given_costs as (

    select * from {{ rows_of('costs_table') }}

),

given_existing as (

    select * from {{ rows_of('existing_table') }}

),

given_paths as (

    select * from {{ rows_of('paths_table') }}

),

given_revenue as {{ computed_once() }} ({{ finance_rate_revenue('given_drivers', 'given_existing', 'given_paths') }}),


final as ({{ finance_lines('given_costs', 'given_drivers', 'given_revenue', 'given_paths') }})

select * from final
