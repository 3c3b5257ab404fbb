with final as (

    select * from {{ ref('int_finance__collection_factors') }}

)

select * from final
