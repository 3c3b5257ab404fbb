-- Which checks did the build fail or warn about?
select
    name,
    subject,
    severity,
    failing_count,
    detail
from audit.results
where status = 'failed'
order by severity, name, subject
