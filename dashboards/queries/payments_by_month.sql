-- What was paid in each month, by channel and tender, and which fees went with it?
select
    month_end_on,
    channel,
    tender,
    payment_count,
    payment_usd,
    is_assistance,
    customer_fee_usd,
    absorbed_fee_usd as absorbed_usd,
    returned_count,
    returned_usd
from marts.rpt_payment_channels
where
    utility_id = $utility
    and (len(cast($channels as varchar[])) = 0 or channel in (select unnest(cast($channels as varchar[]))))
    and (len(cast($tenders as varchar[])) = 0 or tender in (select unnest(cast($tenders as varchar[]))))
order by month_end_on, channel, tender
