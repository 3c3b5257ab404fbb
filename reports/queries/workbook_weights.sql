-- Which share of a year's billed revenue does a change from a month on reach?
select
    fund,
    effective_month,
    weight
from intermediate.int_finance__effective_weights
where utility_id = $utility
