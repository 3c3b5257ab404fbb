-- In which order do payments reach the services of a combined bill, and does a source say so?
select
    service,
    service_title,
    fund,
    application_rank,
    is_order_assumed,
    order_source
from marts.dim_services
where utility_id = $utility
order by application_rank nulls last, sort, service
