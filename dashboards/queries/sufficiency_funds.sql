-- Do the rates of each fund cover the year's costs, and how many tests pass?
select
    answers.*,
    count(tests.test_id) filter (where tests.is_required and tests.result = 'pass') as passed_count,
    count(tests.test_id) filter (where tests.is_required and tests.result = 'fail') as failed_count,
    count(tests.test_id) filter (where tests.is_required and tests.result = 'unknown') as unknown_count,
    count(tests.test_id) filter (where tests.is_required and tests.result != 'not_applicable') as required_count
from marts.rpt_sufficiency_answers as answers
left join marts.rpt_sufficiency as tests
    on
        answers.utility_id = tests.utility_id
        and answers.fund = tests.fund
        and answers.scenario = tests.scenario
        and answers.fiscal_year = tests.fiscal_year
        and tests.path = 'existing_rates'
where answers.utility_id = $utility and answers.scenario = $plan and answers.fiscal_year = $fiscal_year
group by all
order by answers.fund
