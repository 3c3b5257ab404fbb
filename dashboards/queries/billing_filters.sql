-- Which services, classes, fiscal years and reasons does the bill audit know?
with known as (

    select
        service,
        customer_class,
        fiscal_year,
        reason
    from marts.fct_bill_audit
    where utility_id = $utility
    group by service, customer_class, fiscal_year, reason

)

select
    list(distinct service order by service) as services,
    list(distinct customer_class order by customer_class) as classes,
    list(distinct fiscal_year order by fiscal_year desc) as fiscal_years,
    list(distinct reason order by reason) filter (reason != 'none') as reasons
from known
