-- What does the year cost, part by part, and what other revenue pays for it?
select
    fund,
    fiscal_year,
    section,
    category,
    sum(amount_usd) as amount_usd,
    sum(need_usd) as need_usd,
    min(sort) as sort
from marts.rpt_revenue_requirement
where utility_id = $utility and scenario = $scenario and fiscal_year = $fiscal_year
group by fund, fiscal_year, section, category
order by fund, sort
