-- Which payments came back, as which one of its account, and who may pay by cash or card only since?
select
    *,
    count(*) over () as matched_count
from marts.fct_returned_payments
where utility_id = $utility and returned_on between cast($from_on as date) and cast($to_on as date)
order by returned_on desc, return_id
limit $row_limit
