-- Which reads are estimated or in doubt, newest first?
select
    read_on,
    account_id,
    premise_id,
    service,
    meter_id,
    read_kind,
    estimate_reason,
    previous_read_on,
    days as read_days,
    previous_reading as previous_reading_quantity,
    reading as reading_quantity,
    usage_quantity,
    unit,
    flags,
    count(*) over () as matched_count
from marts.fct_reads
where
    utility_id = $utility
    and (
        ($flag = 'estimated' and read_kind = 'estimated')
        or (flags != '' and contains(',' || flags || ',', ',' || $flag || ','))
    )
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
order by read_on desc, account_id nulls last, meter_id, read_id
limit $row_limit
