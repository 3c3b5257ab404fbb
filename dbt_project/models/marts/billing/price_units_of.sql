{{ config(materialized='table_function', parameters=['units_table', 'components_table'], contract={'enforced': false}) }}

with units as (

    select * from {{ rows_of('units_table') }}

),

components as (

    select * from {{ rows_of('components_table') }}

),

final as (

    {{ price_units('units', 'components') }}

)

select * from final
