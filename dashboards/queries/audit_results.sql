-- What did the audit of the build check, and what did it find? What failed comes first.
select
    kind,
    name,
    subject,
    severity,
    status,
    failing_count,
    detail
from audit.results
order by
    case status when 'failed' then 0 when 'skipped' then 1 else 2 end,
    severity,
    kind,
    subject,
    name
