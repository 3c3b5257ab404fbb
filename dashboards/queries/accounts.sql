-- Which accounts owe it? The first of them in the order asked for; matched_count says how many there are.
with aged as (

    select
        account_id,
        any_value(customer_class) as customer_class,
        any_value(billing_group) as billing_group,
        any_value(account_status) as account_status,
        sum(d1_30_usd + d31_60_usd + d61_90_usd + d91_120_usd + over_120_usd) as past_due_usd,
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
        and contains(account_id, $account_part)
        and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
        and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
        and (len(cast($groups as varchar[])) = 0 or billing_group in (select unnest(cast($groups as varchar[]))))
        and (len(cast($statuses as varchar[])) = 0 or account_status in (select unnest(cast($statuses as varchar[]))))
    group by account_id

)

select
    *,
    count(*) over () as matched_count
from aged
order by
    case $sort_by
        when 'past_due_usd' then past_due_usd
        when 'over_120_usd' then over_120_usd
        when 'total_usd' then total_usd
        when 'unapplied_usd' then unapplied_usd
    end desc nulls last,
    account_id
limit $row_limit
