-- What of the open items is not expected to be paid at each fiscal year's end, and how did that change?
select
    fiscal_year,
    month_end_on,
    open_usd,
    opening_usd,
    provision_usd,
    write_offs_usd,
    recoveries_usd,
    closing_usd,
    books_usd,
    difference_usd
from marts.rpt_allowance_rollforward
where utility_id = $utility
order by fiscal_year
