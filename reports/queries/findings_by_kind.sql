-- How much was done against policy or the tariff in the month, by kind?
with findings as (

    select
        finding,
        found_on,
        amount_usd
    from marts.rpt_policy_findings
    where utility_id = $utility
    union all
    select
        'wrong_bill' as finding,
        billed_on as found_on,
        billed_usd as amount_usd
    from marts.fct_bill_audit
    where utility_id = $utility and is_error

)

select
    coalesce(finding, 'all') as finding,
    count(*) as finding_count,
    coalesce(sum(amount_usd), 0) as amount_usd
from findings
where found_on between cast(date_trunc('month', $month_end) as date) and $month_end
group by grouping sets ((finding), ())
order by grouping(finding), finding
