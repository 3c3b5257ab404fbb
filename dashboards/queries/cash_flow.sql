-- What comes in, goes out and is left in each year, with rates as they are or as planned?
select path, fiscal_year, year_kind, section, section_no, sort, line, title, row_kind, unit, amount_usd, value, result
from marts.rpt_cash_flow
where utility_id = $utility and fund = $fund and scenario = $plan
order by path, section_no, sort, line, fiscal_year
