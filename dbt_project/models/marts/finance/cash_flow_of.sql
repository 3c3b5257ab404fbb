{{ config(materialized='table_function', parameters=['assumptions_table', 'paths_table', 'lines_table', 'tests_table'], contract={'enforced': false}) }}

with given_assumptions as (

    select * from {{ rows_of('assumptions_table') }}

),

given_lines as (

    select * from {{ rows_of('lines_table') }}

),

given_tests as (

    select * from {{ rows_of('tests_table') }}

),

given_drivers as {{ computed_once() }} ({{ finance_drivers('given_assumptions') }}),

given_paths as (

    {{ finance_paths('given_drivers') }}
    union all
    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        adjustment_percent,
        effective_month
    from {{ rows_of('paths_table') }}

),

final as ({{ finance_cash_flow('given_lines', 'given_drivers', 'given_tests', 'given_paths') }})

select * from final
