-- Which months have an aging?
select distinct month_end_on
from marts.fct_aging_monthly
where utility_id = $utility
order by month_end_on
