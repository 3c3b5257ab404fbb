-- What does a month cost now, before the last change, and in a fiscal year of a scenario, for each use?
with after as (

    select *
    from marts.rpt_typical_bills
    where utility_id = $utility and rates_kind = 'scenario' and scenario = $scenario and fiscal_year = $fiscal_year

)

select
    bills.service,
    bills.tariff_class,
    bills.is_home,
    bills.use_kind,
    bills.percentile,
    bills.meter_size,
    bills.usage_quantity,
    bills.usage_unit,
    bills.usage_year,
    bills.effective_from_on as now_from_on,
    bills.before_from_on,
    bills.before_usd,
    bills.change_usd as last_change_usd,
    bills.change_pct as last_change_pct,
    bills.amount_usd as now_usd,
    bills.for_others_usd as now_for_others_usd,
    bills.pilot_usd as now_pilot_usd,
    bills.annual_usd as now_annual_usd,
    bills.assistance_usd,
    after.effective_from_on as after_from_on,
    coalesce(after.amount_usd, bills.amount_usd) as after_usd,
    coalesce(after.for_others_usd, bills.for_others_usd) as after_for_others_usd,
    coalesce(after.pilot_usd, bills.pilot_usd) as after_pilot_usd,
    coalesce(after.annual_usd, bills.annual_usd) as after_annual_usd,
    coalesce(after.change_usd, 0) as change_usd,
    coalesce(after.change_pct, 0) as change_pct,
    bills.is_assumed
from marts.rpt_typical_bills as bills
left join after
    on
        bills.service = after.service
        and bills.tariff_class = after.tariff_class
        and bills.use_kind = after.use_kind
        and bills.percentile = after.percentile
        and bills.meter_size = after.meter_size
        and bills.usage_quantity = after.usage_quantity
where bills.utility_id = $utility and bills.is_now
order by bills.service, bills.is_home desc, bills.tariff_class, bills.usage_quantity, bills.percentile, bills.use_kind
