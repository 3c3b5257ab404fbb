-- How did the allowance for doubtful accounts move in the last three fiscal years that had ended, and what do the books hold?
select
    fiscal_year,
    month_end_on,
    open_usd,
    opening_usd,
    provision_usd,
    -write_offs_usd as write_offs_usd,
    recoveries_usd,
    closing_usd,
    books_usd,
    difference_usd
from marts.rpt_allowance_rollforward
where utility_id = $utility and month_end_on <= $month_end
qualify row_number() over (order by month_end_on desc) <= 3
order by month_end_on
