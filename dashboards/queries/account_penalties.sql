-- Which penalty did policy expect of each bill of an account, from which base, and what was charged?
select
    bill_id,
    billed_on,
    due_on,
    penalty_on,
    open_at_penalty_usd as open_at_penalty_usd,
    pending_usd,
    agreed_usd,
    disputed_usd,
    base_usd,
    policy_usd,
    expected_usd,
    shadow_usd,
    assessed_on,
    assessed_usd,
    waived_event_usd,
    waived_courtesy_usd,
    difference_usd,
    reason,
    is_assumed
from marts.fct_penalties
where utility_id = $utility and account_id = $account
order by penalty_on desc, bill_id
