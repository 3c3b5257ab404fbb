-- How much was past due, delinquent and far enough behind for a shut-off at each month end, and how fast is it collected?
select
    month_end_on,
    open_usd,
    unapplied_usd,
    past_due_usd,
    past_due_account_count,
    past_due_accounts_pct,
    delinquent_usd,
    delinquent_account_count,
    shutoff_eligible_usd,
    shutoff_eligible_account_count,
    active_account_count,
    dso_days,
    simple_dso_days,
    service_dso_days,
    collection_effectiveness_pct,
    suppressed_because,
    is_billing_suspended,
    has_event,
    is_skewed
from marts.rpt_collections_monthly
where utility_id = $utility
order by month_end_on
