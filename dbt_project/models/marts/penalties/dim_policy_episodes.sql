{{ config(materialized='view') }}

with final as (

    select * from {{ ref('int_penalties__impact_episodes') }}

)

select * from final
