-- For which scenarios and fiscal years can a home's bill be told, and does it change?
select
    scenario,
    min(scenario_sort) as scenario_sort,
    max(scenario_title) as scenario_title,
    fiscal_year,
    min(effective_from_on) as effective_from_on,
    max(change_usd) != 0 or min(change_usd) != 0 as is_changed
from marts.rpt_typical_bills
where utility_id = $utility and rates_kind = 'scenario' and is_home
group by scenario, fiscal_year
order by scenario_sort, scenario, fiscal_year
