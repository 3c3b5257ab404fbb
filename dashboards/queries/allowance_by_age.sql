-- Of each age, what part is not expected to be paid at a fiscal year's end?
select
    account_group,
    bucket,
    balance_usd,
    step_pct,
    lost_pct,
    allowance_usd,
    month_count
from marts.rpt_allowance
where utility_id = $utility and fiscal_year = $fiscal_year
order by
    account_group,
    list_position(['not_yet_due', 'd1_30', 'd31_60', 'd61_90', 'd91_120', 'over_120'], bucket)
