-- Which payment agreements were signed up to a day, and were they kept?
select *
from marts.fct_agreements
where utility_id = $utility and signed_on <= cast($as_of as date)
order by signed_on desc, agreement_id
