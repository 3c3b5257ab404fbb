-- Why do penalties differ from what policy expects, and by how much?
select
    reason,
    is_error,
    count(*) as bill_count,
    count(distinct account_id) as account_count,
    coalesce(sum(difference_usd) filter (difference_usd > 0), 0) as too_much_usd,
    coalesce(-sum(difference_usd) filter (difference_usd < 0), 0) as too_little_usd,
    sum(abs(difference_usd)) as apart_usd
from marts.fct_penalties
where
    utility_id = $utility
    and reason != 'none'
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    and (len(cast($reasons as varchar[])) = 0 or reason in (select unnest(cast($reasons as varchar[]))))
    and ($fiscal_year is null or fiscal_year = $fiscal_year)
group by reason, is_error
order by is_error desc, apart_usd desc, reason
