-- What did an episode cost, in all or broken down by a dimension: both questions, every method, each figure with its range?
select
    question,
    component,
    method,
    dimension,
    dimension_value,
    nature,
    component_no,
    at_on,
    low_usd,
    central_usd,
    high_usd,
    collected_low_usd,
    collected_usd,
    collected_high_usd,
    own_usd,
    own_collected_usd,
    dollar_days_usd,
    carrying_cost_usd,
    carrying_rate_pct,
    is_best
from marts.rpt_waiver_totals
where
    utility_id = $utility
    and episode_id = $episode
    and dimension = $dimension
order by question desc, component_no, method, dimension_value
