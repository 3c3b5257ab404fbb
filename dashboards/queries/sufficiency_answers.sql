-- What must the rates of a fund bring each year, and what do they bring as they are?
select *
from marts.rpt_sufficiency_answers
where utility_id = $utility and fund = $fund and scenario = $plan
order by fiscal_year
