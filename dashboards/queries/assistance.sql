-- Which programmes paid for customers in these days, and did each payment meet the programme's dates?
select *
from marts.fct_assistance
where utility_id = $utility and posted_on between cast($from_on as date) and cast($to_on as date)
order by posted_on desc
