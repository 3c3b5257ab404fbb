-- What was billed for each service of a bill, what does the tariff give, and why do they differ?
select
    audit.bill_id,
    audit.account_id,
    bills.bill_kind,
    bills.cancelled_on,
    audit.service,
    audit.customer_class,
    audit.tariff_class,
    audit.billed_on,
    audit.service_from_on,
    audit.service_to_on,
    bills.service_days,
    audit.months,
    audit.meter_size,
    audit.usage_unit,
    audit.usage_quantity,
    audit.usage_source,
    audit.billed_quantity,
    audit.average_quantity,
    audit.basis,
    audit.billed_usd,
    audit.outside_tariff_usd,
    audit.recomputed_usd,
    audit.difference_usd,
    audit.reason,
    audit.billed_as,
    audit.is_error,
    audit.is_class_change,
    audit.is_assumed
from marts.fct_bill_audit as audit
inner join marts.fct_bills as bills
    on audit.utility_id = bills.utility_id and audit.bill_id = bills.bill_id
where audit.utility_id = $utility and audit.bill_id = $bill
order by audit.service
