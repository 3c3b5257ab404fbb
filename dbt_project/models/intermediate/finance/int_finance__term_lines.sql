with final as (

    {{ finance_term_lines(ref('int_finance__lines')) }}

)

select * from final
