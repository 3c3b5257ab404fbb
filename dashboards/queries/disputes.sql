-- Which bills were disputed up to a day, in time or late, and what was decided?
select *
from marts.fct_disputes
where utility_id = $utility and filed_on <= cast($as_of as date)
order by filed_on desc, dispute_id
