with final as (

    {{ finance_lines(ref('int_finance__costs'), ref('int_finance__drivers'), ref('int_finance__rate_revenue'), ref('int_finance__paths')) }}

)

select * from final
