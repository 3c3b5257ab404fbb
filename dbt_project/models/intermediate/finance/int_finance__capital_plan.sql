with final as (

    select * from {{ ref('stg_extracts__capital_plan') }}

)

select * from final
