-- Which sets of assumptions are there, for which years and funds?
select
    answers.scenario,
    coalesce(max(bills.scenario_title), answers.scenario) as scenario_title,
    min(answers.fiscal_year) as first_year,
    max(answers.fiscal_year) as last_year
from marts.rpt_sufficiency_answers as answers
left join (
    select distinct
        scenario,
        scenario_title
    from marts.rpt_typical_bills
    where utility_id = $utility and rates_kind = 'scenario'
) as bills
    on answers.scenario = bills.scenario
where answers.utility_id = $utility
group by answers.scenario
order by answers.scenario
