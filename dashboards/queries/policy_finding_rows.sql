-- Which rows are behind the findings? The newest first; matched_count says how many there are.
select
    found_on,
    finding,
    rule,
    account_id,
    source_entity,
    source_id,
    amount_usd,
    expected_usd,
    detail,
    count(*) over () as matched_count
from marts.rpt_policy_findings
where
    utility_id = $utility
    and source_entity in (select unnest(cast($entities as varchar[])))
    and found_on between cast($from_on as date) and cast($to_on as date)
order by found_on desc, finding, source_id
limit $row_limit
