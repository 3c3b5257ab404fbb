-- What in the books of a fund cannot count as it was delivered?
select fiscal_year, finding, subject, amount_usd, detail
from marts.rpt_finance_findings
where utility_id = $utility and fund = $fund
order by fiscal_year desc, finding, subject
