-- Which classes, fiscal years and reasons do the penalties have?
select
    list(distinct customer_class order by customer_class) as classes,
    list(distinct fiscal_year order by fiscal_year desc) as fiscal_years,
    list(distinct reason order by reason) filter (reason != 'none') as reasons
from marts.fct_penalties
where utility_id = $utility
