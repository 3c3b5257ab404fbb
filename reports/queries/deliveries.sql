-- Which entities has the utility delivered?
select distinct entity
from marts.rpt_deliveries
where utility_id = $utility and load_status = 'loaded'
order by entity
