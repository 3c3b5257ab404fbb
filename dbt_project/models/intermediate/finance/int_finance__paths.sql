with final as (

    {{ finance_paths(ref('int_finance__drivers')) }}

)

select * from final
