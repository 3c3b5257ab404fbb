-- What was owed at each month end, as this build knows it? Asked of two builds to say what changed.
select
    month_end_on,
    sum(total_usd) as total_usd
from marts.fct_aging_monthly
where utility_id = $utility
group by month_end_on
order by month_end_on
