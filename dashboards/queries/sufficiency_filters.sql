-- Which funds, scenarios and fiscal years can be asked about?
select
    answers.fund,
    answers.scenario,
    scenarios.title as scenario_title,
    scenarios.sort as scenario_sort,
    answers.fiscal_year,
    answers.year_kind
from marts.rpt_sufficiency_answers as answers
inner join marts.dim_scenarios as scenarios
    on answers.utility_id = scenarios.utility_id and answers.scenario = scenarios.scenario
where answers.utility_id = $utility
order by answers.fund, scenarios.sort, answers.fiscal_year
