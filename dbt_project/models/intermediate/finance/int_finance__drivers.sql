with final as (

    {{ finance_drivers(ref('int_finance__assumptions')) }}

)

select * from final
