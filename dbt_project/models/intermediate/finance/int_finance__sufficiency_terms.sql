with final as (

    select * from {{ ref('stg_policy__sufficiency_terms') }}

)

select * from final
