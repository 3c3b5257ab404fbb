-- What each test counts.
select *
from staging.stg_policy__sufficiency_terms
where utility_id = $utility
order by fund, test_id, side desc, position
