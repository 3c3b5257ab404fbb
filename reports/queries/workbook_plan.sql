-- What does the capital plan hold, as delivered?
select
    fund,
    project_id,
    title,
    funding,
    fiscal_year,
    cast(sum(amount_usd) as decimal(18, 2)) as amount_usd
from intermediate.int_finance__capital_plan
where utility_id = $utility
group by fund, project_id, title, funding, fiscal_year
order by fund, funding, project_id, title, fiscal_year
