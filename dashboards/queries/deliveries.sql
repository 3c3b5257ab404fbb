-- How fresh is each kind of extract, and was all of it loaded?
select
    entity,
    max(delivered_on) as latest_delivered_on,
    cast(count(*) as bigint) as file_count,
    cast(count(*) filter (where load_status != 'loaded') as bigint) as refused_count,
    cast(sum(received_count) as bigint) as received_count,
    cast(sum(loaded_count) as bigint) as loaded_count,
    cast(sum(unchanged_count) as bigint) as unchanged_count,
    cast(sum(restated_count) as bigint) as restated_count,
    cast(sum(rejected_count) as bigint) as rejected_count
from marts.rpt_deliveries
where utility_id = $utility
group by entity
order by entity
