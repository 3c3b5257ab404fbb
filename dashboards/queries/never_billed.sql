-- Who was served and not billed, since when, and what revenue is missed?
select
    finding,
    subject_id,
    account_id,
    premise_id,
    customer_class,
    service,
    from_on,
    to_on,
    days as stretch_days,
    is_ongoing,
    read_count,
    usage_quantity,
    usage_unit,
    missed_usd,
    missed_basis,
    median_bill_usd
from marts.rpt_never_billed
where
    utility_id = $utility
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
order by missed_usd desc nulls last, finding, subject_id, from_on
