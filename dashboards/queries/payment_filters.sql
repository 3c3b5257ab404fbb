-- In which ways, with what and since when was paid?
select
    list(distinct channel order by channel) as channels,
    list(distinct tender order by tender) as tenders,
    min(month_end_on) as first_month_end_on,
    max(month_end_on) as last_month_end_on
from marts.rpt_payment_channels
where utility_id = $utility
