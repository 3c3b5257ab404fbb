-- Which tests did the city write?
select *
from intermediate.int_finance__sufficiency_tests
where utility_id = $utility
order by fund, sort
