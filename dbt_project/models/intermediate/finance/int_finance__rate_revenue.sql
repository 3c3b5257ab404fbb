with final as (

    {{ finance_rate_revenue(ref('int_finance__drivers'), ref('int_finance__existing_rates'), ref('int_finance__paths')) }}

)

select * from final
