-- What does a bill ask of a household now and in a fiscal year of a scenario, by each measure on the services it is defined for?
with after as (

    select *
    from marts.rpt_affordability
    where utility_id = $utility and rates_kind = 'scenario' and scenario = $scenario and fiscal_year = $fiscal_year

)

select
    measures.measure,
    measures.title,
    measures.services,
    measures.unit,
    measures.threshold_value,
    measures.annual_usd,
    measures.measured_value,
    measures.result,
    measures.reason,
    after.annual_usd as after_annual_usd,
    after.measured_value as after_value,
    after.result as after_result,
    measures.fact_name,
    measures.fact_value,
    measures.fact_year,
    measures.fact_source,
    measures.second_fact_name,
    measures.second_fact_value,
    measures.second_fact_year,
    measures.second_fact_source,
    measures.is_assumed,
    measures.guide,
    measures.guide_year
from marts.rpt_affordability as measures
left join after
    on measures.measure = after.measure
where measures.utility_id = $utility and measures.rates_kind = 'now'
order by measures.sort
