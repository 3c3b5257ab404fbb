-- Which values of the utility's policy are assumed?
select
    subject,
    assumed_value,
    effective_from_on,
    note
from marts.rpt_assumptions
where utility_id = $utility
order by subject, effective_from_on, assumed_value
