-- What is assumed of a fund, who answers for it, and where does each value come from?
select
    utility_id, scenario, fund, fiscal_year, assumption_name, assumption_value, origin, given_year, owner, assumed_on, source, is_assumed, note
from marts.rpt_finance_assumptions
where utility_id = $utility and fund = $fund and scenario = $plan
order by assumption_name, fiscal_year
