-- What was done against policy or the tariff in the month, row by row?
with bounds as (

    select
        cast(date_trunc('month', $month_end) as date) as from_on,
        cast($month_end as date) as to_on

),

breaches as (

    select
        finding,
        rule,
        account_id,
        source_entity,
        source_id,
        found_on,
        amount_usd,
        expected_usd,
        detail
    from marts.rpt_policy_findings
    where utility_id = $utility

),

bills as (

    select
        'wrong_bill' as finding,
        null as rule,
        account_id,
        'bills' as source_entity,
        bill_id as source_id,
        billed_on as found_on,
        billed_usd as amount_usd,
        recomputed_usd as expected_usd,
        'The bill for ' || service || ' differs from the tariff: ' || replace(reason, '_', ' ') || '.' as detail
    from marts.fct_bill_audit
    where utility_id = $utility and is_error

),

findings as (

    select * from breaches
    union all
    select * from bills

)

select findings.*
from findings
inner join bounds
    on findings.found_on between bounds.from_on and bounds.to_on
order by findings.finding, findings.found_on, findings.account_id, findings.source_id
