-- Which lines of a bill differ from the tariff, each as billed beside as recomputed?
select
    service,
    component,
    block_no,
    part_no,
    unit,
    billed_quantity,
    billed_rate_usd,
    billed_usd,
    recomputed_quantity,
    recomputed_rate_usd,
    recomputed_usd,
    difference_usd,
    effective_from_on,
    tariff_class,
    is_assumed
from marts.rpt_bill_differences
where utility_id = $utility and bill_id = $bill
order by service, recomputed_usd is null, component = 'tax', component, block_no, part_no
