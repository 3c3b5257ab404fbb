-- The tests as the city wrote them.
select *
from staging.stg_policy__sufficiency_tests
where utility_id = $utility
order by fund, sort
