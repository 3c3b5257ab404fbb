with units as (

    select * from {{ ref('int_billing__determinants') }}

),

components as (

    select * from {{ ref('stg_policy__tariffs') }}

),

final as (

    {{ price_units('units', 'components') }}

)

select * from final
