-- What does the policy not allow, by finding and rule?
select
    finding,
    rule,
    count(*) as finding_count,
    count(distinct account_id) as account_count,
    sum(amount_usd) as amount_usd,
    min(found_on) as first_on,
    max(found_on) as last_on
from marts.rpt_policy_findings
where
    utility_id = $utility
    and source_entity in (select unnest(cast($entities as varchar[])))
    and found_on between cast($from_on as date) and cast($to_on as date)
group by finding, rule
order by finding_count desc, finding, rule
