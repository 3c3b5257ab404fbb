{{ config(materialized='table_function', parameters=['assumptions_table', 'lines_table'], contract={'enforced': false}) }}

with given_lines as (

    select * from {{ rows_of('lines_table') }}

),

given_assumptions as (

    select * from {{ rows_of('assumptions_table') }}

),

given_term_lines as ({{ finance_term_lines('given_lines') }}),

final as ({{ finance_tests('given_lines', 'given_term_lines', 'given_assumptions') }})

select * from final
