-- Which versions of which tariff price a bill, and where do their prices come from?
select distinct
    lines.service,
    lines.tariff_class,
    lines.effective_from_on,
    tariffs.effective_to_on,
    tariffs.ordinance,
    tariffs.source,
    tariffs.is_assumed
from marts.fct_bill_lines as lines
inner join marts.dim_tariffs as tariffs
    on
        lines.utility_id = tariffs.utility_id
        and lines.service = tariffs.service
        and lines.effective_from_on = tariffs.effective_from_on
        and lines.tariff_class = tariffs.tariff_class
        and lines.component = tariffs.component
where lines.utility_id = $utility and lines.bill_id = $bill
order by lines.service, lines.effective_from_on, tariffs.source
