-- Which lines does each test of a year add up?
select test_id, side, position, line, title, category, lien, sign, amount_usd
from marts.rpt_sufficiency_lines
where utility_id = $utility and fund = $fund and scenario = $plan and fiscal_year = $fiscal_year and path = 'existing_rates'
order by test_id, side desc, position, line
