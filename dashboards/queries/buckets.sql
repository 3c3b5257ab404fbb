-- How late is what is owed on a day: in all (dimension 'all') and by service, class, group and status, each adding to the same total?
select
    case
        when grouping(service) = 0 then 'service'
        when grouping(customer_class) = 0 then 'class'
        when grouping(billing_group) = 0 then 'group'
        when grouping(account_status) = 0 then 'status'
        else 'all'
    end as dimension,
    coalesce(service, customer_class, billing_group, account_status) as member,
    count(distinct account_id) filter (where total_usd + unapplied_usd > 0) as open_account_count,
    sum(not_yet_due_usd) as not_yet_due_usd,
    sum(d1_30_usd) as d1_30_usd,
    sum(d31_60_usd) as d31_60_usd,
    sum(d61_90_usd) as d61_90_usd,
    sum(d91_120_usd) as d91_120_usd,
    sum(over_120_usd) as over_120_usd,
    sum(unapplied_usd) as unapplied_usd,
    sum(total_usd) as total_usd
from marts.aging_as_of(cast($as_of as date), $basis)
where
    utility_id = $utility
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    and (len(cast($groups as varchar[])) = 0 or billing_group in (select unnest(cast($groups as varchar[]))))
    and (len(cast($statuses as varchar[])) = 0 or account_status in (select unnest(cast($statuses as varchar[]))))
group by grouping sets ((), (service), (customer_class), (billing_group), (account_status))
order by dimension, member nulls last
