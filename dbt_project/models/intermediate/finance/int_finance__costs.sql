with final as (

    {{ finance_costs(ref('int_finance__assumptions'), ref('int_finance__drivers')) }}

)

select * from final
