-- What does each test of a fund come to each year, and what is asked?
select *
from marts.rpt_sufficiency
where utility_id = $utility and fund = $fund and scenario = $plan
order by path, fiscal_year, sort
