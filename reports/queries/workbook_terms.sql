-- What does each test count?
select *
from intermediate.int_finance__sufficiency_terms
where utility_id = $utility
order by fund, test_id, side desc, position
