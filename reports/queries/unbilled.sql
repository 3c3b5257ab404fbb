-- What was earned, billed and unbilled in the month, by service and class: as could be known then and as it turned out?
with months as (

    select
        services.service_title,
        services.sort,
        revenue.*
    from marts.fct_revenue_monthly as revenue
    inner join marts.dim_services as services
        on revenue.utility_id = services.utility_id and revenue.service = services.service
    where
        revenue.utility_id = $utility
        and revenue.month_end_on = $month_end
        and revenue.service <> 'account'

)

select
    case when grouping(service) = 1 then 'all' else any_value(service_title) end as service_title,
    coalesce(customer_class, 'all') as customer_class,
    sum(opening_unbilled_usd) as opening_unbilled_usd,
    sum(earned_usd) as earned_usd,
    -sum(billed_usd) as billed_usd,
    sum(unbilled_usd) as unbilled_usd,
    case when count(*) = count(known_unbilled_usd) then sum(known_unbilled_usd) end as known_unbilled_usd,
    case when count(*) = count(unbilled_error_usd) then sum(unbilled_error_usd) end as unbilled_error_usd,
    bool_and(is_complete) as is_complete,
    bool_or(has_suspended_billing) as has_suspended_billing
from months
group by grouping sets ((service, customer_class), (service), (customer_class), ())
order by
    grouping(service),
    case when grouping(service) = 0 then any_value(sort) end,
    grouping(customer_class),
    customer_class
