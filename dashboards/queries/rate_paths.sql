-- What is the least rate path that passes every required test, or which test forbids one?
select
    paths.path,
    paths.fiscal_year,
    paths.effective_month,
    paths.adjustment_percent,
    paths.cap_percent,
    paths.is_found,
    paths.forbidding_test_id,
    tests.title as forbidding_title,
    paths.forbidding_year,
    paths.unknown_tests,
    paths.first_possible_on
from marts.rpt_rate_paths as paths
left join marts.rpt_sufficiency as tests
    on
        paths.utility_id = tests.utility_id
        and paths.fund = tests.fund
        and paths.scenario = tests.scenario
        and paths.forbidding_test_id = tests.test_id
        and paths.forbidding_year = tests.fiscal_year
        and tests.path = 'existing_rates'
where paths.utility_id = $utility and paths.fund = $fund and paths.scenario = $plan
order by paths.path desc, paths.fiscal_year
