{{ config(materialized='table_function', parameters=['assumptions_table', 'lines_table', 'tests_table'], contract={'enforced': false}) }}

with given_lines as (

    select * from {{ rows_of('lines_table') }}

),

given_tests as (

    select * from {{ rows_of('tests_table') }}

),

given_assumptions as (

    select * from {{ rows_of('assumptions_table') }}

),

given_drivers as {{ computed_once() }} ({{ finance_drivers('given_assumptions') }}),

given_existing as {{ computed_once() }} ({{ finance_existing_rates('given_drivers') }}),

final as ({{ finance_answers('given_lines', 'given_tests', 'given_drivers', 'given_existing') }})

select * from final
