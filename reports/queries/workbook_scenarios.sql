-- Which sets of assumptions are there?
select
    scenario,
    title
from marts.dim_scenarios
where utility_id = $utility
order by sort, scenario
