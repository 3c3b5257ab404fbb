-- What is assumed for every year, and who said so?
select
    fund,
    assumption_name,
    fiscal_year,
    assumption_value,
    origin,
    owner,
    assumed_on,
    source,
    is_assumed,
    note
from marts.rpt_finance_assumptions
where utility_id = $utility and scenario = $scenario
order by fund, assumption_name, fiscal_year
