-- What did an episode change in the lines of the revenue requirement, which already contain it?
select
    question,
    fund,
    fiscal_year,
    component,
    line_kind,
    method,
    with_usd,
    without_usd,
    difference_usd,
    low_usd,
    high_usd
from marts.rpt_requirement_bridge
where utility_id = $utility and episode_id = $episode
order by question desc, fiscal_year, fund, line_kind desc, component
