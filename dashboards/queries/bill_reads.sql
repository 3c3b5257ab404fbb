-- Which reads does a bill rest on?
select
    reads.service,
    reads.meter_id,
    reads.read_on,
    reads.read_kind,
    reads.estimate_reason,
    reads.previous_read_on,
    reads.days as read_days,
    reads.previous_reading as previous_reading_quantity,
    reads.reading as reading_quantity,
    reads.multiplier as multiplier_quantity,
    reads.usage_quantity,
    reads.unit,
    reads.flags
from marts.fct_reads as reads
inner join marts.fct_bills as bills
    on reads.utility_id = bills.utility_id and reads.account_id = bills.account_id
where
    reads.utility_id = $utility
    and bills.bill_id = $bill
    and reads.read_on <= coalesce(bills.service_to_on, bills.billed_on)
    and reads.read_on > coalesce(bills.service_from_on, bills.billed_on - 1)
order by reads.service, reads.meter_id, reads.read_on, reads.read_id
