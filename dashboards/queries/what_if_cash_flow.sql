-- What would come in, go out and be left in each year?
select path, fiscal_year, year_kind, section, section_no, sort, line, title, row_kind, unit, amount_usd, value, result
from marts.cash_flow_of('given_assumptions', 'given_paths', 'given_lines', 'given_tests')
order by path, section_no, sort, line, fiscal_year
