-- Which values of the utility's policy, in force in the month, are assumed?
select
    subject,
    assumed_value,
    effective_from_on,
    note
from marts.rpt_assumptions
where utility_id = $utility and effective_from_on <= $month_end
order by subject, effective_from_on, assumed_value
