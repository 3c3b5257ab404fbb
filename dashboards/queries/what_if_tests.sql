-- What would each test come to?
select * from marts.sufficiency_of('given_assumptions', 'given_lines')
