-- Which funds does the utility bill for?
select distinct fund
from marts.dim_services
where utility_id = $utility
order by fund
