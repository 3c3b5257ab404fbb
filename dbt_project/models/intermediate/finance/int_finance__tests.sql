with final as (

    {{ finance_tests(ref('int_finance__lines'), ref('int_finance__term_lines'), ref('int_finance__assumptions')) }}

)

select * from final
