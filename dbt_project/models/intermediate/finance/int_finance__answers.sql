with final as (

    {{ finance_answers(ref('int_finance__lines'), ref('int_finance__tests'), ref('int_finance__drivers'), ref('int_finance__existing_rates')) }}

)

select * from final
