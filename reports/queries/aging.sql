-- What was owed at the month's end, by how late, by service and class?
with open_items as (

    select
        services.service_title,
        services.sort,
        aging.*
    from marts.fct_aging_monthly as aging
    inner join marts.dim_services as services
        on aging.utility_id = services.utility_id and aging.service = services.service
    where aging.utility_id = $utility and aging.month_end_on = $month_end

)

select
    case when grouping(service) = 1 then 'all' else any_value(service_title) end as service_title,
    coalesce(customer_class, 'all') as customer_class,
    coalesce(sum(not_yet_due_usd), 0) as not_yet_due_usd,
    coalesce(sum(d1_30_usd), 0) as d1_30_usd,
    coalesce(sum(d31_60_usd), 0) as d31_60_usd,
    coalesce(sum(d61_90_usd), 0) as d61_90_usd,
    coalesce(sum(d91_120_usd), 0) as d91_120_usd,
    coalesce(sum(over_120_usd), 0) as over_120_usd,
    -coalesce(sum(unapplied_usd), 0) as unapplied_usd,
    coalesce(sum(total_usd), 0) as total_usd,
    coalesce(sum(d91_120_usd + over_120_usd), 0) as over_90_usd,
    coalesce(sum(total_usd + unapplied_usd), 0) as open_usd,
    cast(100 * sum(d91_120_usd + over_120_usd) / nullif(sum(total_usd + unapplied_usd), 0) as decimal(18, 1)) as over_90_pct,
    count(distinct account_id) filter (where total_usd + unapplied_usd > 0) as open_account_count
from open_items
group by grouping sets ((service, customer_class), (service), (customer_class), ())
order by
    grouping(service),
    case when grouping(service) = 0 then any_value(sort) end,
    grouping(customer_class),
    customer_class
