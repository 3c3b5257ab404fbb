-- By which methods was the cost of an episode worked out, on what assumptions, and which refused, and why?
select
    question,
    component,
    method,
    is_used,
    is_refused,
    reason,
    assumptions,
    data_needed,
    clean_month_count,
    waiver_only_month_count,
    cluster_kind,
    cluster_count,
    replicate_count
from marts.rpt_waiver_methods
where utility_id = $utility and episode_id = $episode
order by question desc, component, is_used desc, method
