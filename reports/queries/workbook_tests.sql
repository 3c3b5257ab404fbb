-- The tests as the city wrote them.
select *
from intermediate.int_finance__sufficiency_tests
where utility_id = $utility
order by fund, sort
