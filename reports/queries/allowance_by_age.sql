-- What of each age is not expected to be paid, at the last fiscal year's end?
with latest as (

    select *
    from marts.rpt_allowance
    where utility_id = $utility and month_end_on <= $month_end
    qualify month_end_on = max(month_end_on) over ()

),

ages as (

    select
        *,
        case bucket
            when 'not_yet_due' then 1 when 'd1_30' then 2 when 'd31_60' then 3 when 'd61_90' then 4 when 'd91_120' then 5 else 6
        end as sort
    from latest

)

select
    coalesce(account_group, 'all') as account_group,
    coalesce(bucket, 'all') as bucket,
    sum(balance_usd) as balance_usd,
    case when count(*) = 1 then any_value(lost_pct) end as lost_pct,
    case
        when count(*) filter (where allowance_usd is null and balance_usd > 0) = 0 then coalesce(sum(allowance_usd), 0)
    end as allowance_usd
from ages
group by grouping sets ((account_group, bucket), (account_group), (bucket), ())
order by grouping(account_group), account_group, grouping(bucket), any_value(sort)
