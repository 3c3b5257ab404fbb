{{ config(materialized='table_function', parameters=['assumptions_table', 'paths_table'], contract={'enforced': false}) }}

with given_assumptions as (

    select * from {{ rows_of('assumptions_table') }}

),

given_drivers as {{ computed_once() }} ({{ finance_drivers('given_assumptions') }}),

given_paths as {{ computed_once() }} (

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

given_existing as {{ computed_once() }} ({{ finance_existing_rates('given_drivers') }}),

given_costs as {{ computed_once() }} ({{ finance_costs('given_assumptions', 'given_drivers') }}),

given_revenue as {{ computed_once() }} ({{ finance_rate_revenue('given_drivers', 'given_existing', 'given_paths') }}),

final as ({{ finance_lines('given_costs', 'given_drivers', 'given_revenue', 'given_paths') }})

select * from final
