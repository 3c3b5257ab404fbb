-- Which delivered rows are not in the figures, and why?
select
    entity,
    column_name,
    reason,
    rejected_count,
    first_source_file,
    first_line_number
from marts.rpt_rejects
where utility_id = $utility
order by rejected_count desc, entity, reason
