-- Which services, classes, groups and statuses does the receivable have?
select
    list(distinct service order by service) as services,
    list(distinct customer_class order by customer_class) as classes,
    list(distinct billing_group order by billing_group) as billing_groups,
    list(distinct account_status order by account_status) as statuses
from marts.fct_aging_monthly
where utility_id = $utility
