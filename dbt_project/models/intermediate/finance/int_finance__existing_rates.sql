with final as (

    {{ finance_existing_rates(ref('int_finance__drivers')) }}

)

select * from final
