-- Which programmes paid for customers in these days, and how much of it does the policy not allow?
select
    money_kind,
    programme,
    programme_title,
    count(*) as row_count,
    count(distinct account_id) as account_count,
    sum(amount_usd) as amount_usd,
    count(*) filter (not is_eligible) as breach_count,
    coalesce(sum(amount_usd) filter (not is_eligible), 0) as breach_usd,
    min(given_on) as first_on,
    max(given_on) as last_on
from marts.fct_assistance
where utility_id = $utility and posted_on between cast($from_on as date) and cast($to_on as date)
group by money_kind, programme, programme_title
order by money_kind, amount_usd desc, programme
