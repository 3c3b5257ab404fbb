with final as (

    select * from {{ ref('stg_policy__sufficiency_tests') }}

)

select * from final
