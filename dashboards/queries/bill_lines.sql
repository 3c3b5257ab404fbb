-- What does the tariff give for a bill, line by line: component, block, quantity, rate, amount?
select
    service,
    days_before,
    line_no,
    effective_from_on,
    tariff_class,
    component,
    block_no,
    upper_bound,
    quantity,
    unit,
    unit_rate_usd,
    amount_usd,
    basis,
    is_revenue,
    is_assumed
from marts.fct_bill_lines
where utility_id = $utility and bill_id = $bill
order by service, days_before, line_no
