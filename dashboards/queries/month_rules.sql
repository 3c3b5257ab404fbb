-- Are base charges and blocks counted by the months of a bill, on a day?
select
    rule_name,
    rule_value
from marts.dim_policy_rules
where
    utility_id = $utility
    and rule_name in ('billing.prorate_base', 'billing.prorate_blocks')
    and effective_from_on <= cast($as_of as date)
    and coalesce(effective_to_on, cast($as_of as date)) >= cast($as_of as date)
order by rule_name
