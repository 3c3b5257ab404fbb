-- What would rates have to bring, and what would they bring as they are?
select * from marts.sufficiency_answers_of('given_assumptions', 'given_lines', 'given_tests')
order by fiscal_year
