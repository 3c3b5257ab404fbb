-- What would the lines of each year be under given assumptions?
select * from marts.finance_lines_of('given_assumptions', 'given_paths')
