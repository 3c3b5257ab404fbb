-- Which winter average holds for a bill's days, and which reads is it the mean of?
select
    averages.winter_year,
    averages.usage_unit,
    averages.read_count,
    averages.estimated_count,
    averages.winter_usage_quantity,
    averages.average_quantity,
    averages.applies_from_on,
    reads.service,
    reads.read_on,
    reads.read_kind,
    reads.usage_quantity as read_quantity,
    reads.unit as read_unit,
    reads.flags
from marts.fct_bills as bills
inner join marts.fct_winter_averages as averages
    on
        bills.utility_id = averages.utility_id
        and bills.account_id = averages.account_id
        and coalesce(bills.service_to_on, bills.billed_on) >= averages.applies_from_on
        and coalesce(bills.service_to_on, bills.billed_on) < averages.applies_to_on
left join marts.fct_reads as reads
    on
        averages.utility_id = reads.utility_id
        and averages.account_id = reads.account_id
        and reads.read_on between averages.first_read_on and averages.last_read_on
        and reads.service in ('water', 'sewer')
where bills.utility_id = $utility and bills.bill_id = $bill
order by reads.service, reads.read_on
