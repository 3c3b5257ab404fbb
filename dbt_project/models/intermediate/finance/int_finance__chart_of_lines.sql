with final as (

    select * from {{ ref('stg_extracts__chart_of_lines') }}

)

select * from final
