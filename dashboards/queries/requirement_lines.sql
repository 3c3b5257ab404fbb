-- Which lines make up what a year requires of its rates?
select section, category, line, title, lien, is_pledged, amount_usd, need_usd, origin
from marts.rpt_revenue_requirement
where utility_id = $utility and fund = $fund and scenario = $plan and fiscal_year = $fiscal_year
order by sort, line
