-- How did the receivable of each fund move in the latest closed month, and do the books agree?
select
    fund,
    month_end_on,
    opening_usd,
    billed_usd,
    penalties_usd,
    fees_usd,
    other_charges_usd,
    returns_usd,
    refunds_usd,
    -payments_usd as payments_usd,
    -credits_usd as credits_usd,
    -write_offs_usd as write_offs_usd,
    recoveries_usd,
    transfers_usd,
    closing_usd,
    books_usd,
    difference_usd
from marts.rpt_receivable_rollforward
where utility_id = $utility
qualify month_end_on = max(month_end_on) over ()
order by fund
