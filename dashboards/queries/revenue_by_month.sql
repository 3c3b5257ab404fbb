-- What was billed, earned by days of service, unbilled and paid in each month?
select
    month_end_on,
    sum(billed_usd) as billed_usd,
    sum(earned_usd) as earned_usd,
    case when bool_and(unbilled_error_usd is not null) filter (service != 'account') then sum(unbilled_usd) end as unbilled_usd,
    sum(known_unbilled_usd) as known_unbilled_usd,
    case when bool_and(unbilled_error_usd is not null) filter (service != 'account') then sum(unbilled_error_usd) end as unbilled_error_usd,
    sum(cash_usd) as cash_usd,
    bool_and(is_complete) filter (service != 'account') as is_complete
from marts.fct_revenue_monthly
where
    utility_id = $utility
    and month_end_on <= last_day(cast($as_of as date))
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
group by month_end_on
order by month_end_on
