-- Which least rate path passes every required test, or which test forbids it?
select
    fund,
    path,
    fiscal_year,
    effective_month,
    adjustment_percent,
    cap_percent,
    is_found,
    forbidding_test_id,
    forbidding_year,
    unknown_tests,
    first_possible_on
from marts.rpt_rate_paths
where utility_id = $utility and scenario = $scenario
order by fund, path, fiscal_year
