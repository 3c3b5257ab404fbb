with reads as (

    select
        utility_id,
        meter_id,
        read_id,
        read_no,
        read_on,
        previous_read_on,
        read_kind,
        previous_read_kind,
        usage_quantity,
        span_usage
    from {{ ref('int_billing__reads') }}
    where read_kind = 'estimated' or previous_read_kind = 'estimated'

),

numbered as (

    select
        *,
        read_no - row_number() over (partition by utility_id, meter_id order by read_no) as run_no
    from reads
    where read_kind = 'estimated'

),

runs as (

    select
        utility_id,
        meter_id,
        min(previous_read_on) as span_from_on,
        max(read_no) as last_read_no,
        count(*) as estimate_count,
        sum(usage_quantity) as estimated_usage
    from numbered
    group by utility_id, meter_id, run_no

),

final as (

    select
        reads.utility_id,
        reads.read_id,
        cast({{ days_between('runs.span_from_on', 'reads.read_on') }} as integer) as span_days,
        reads.span_usage,
        cast(runs.estimate_count as integer) as estimate_count,
        cast(runs.estimated_usage as decimal(18, 6)) as estimated_usage
    from reads
    inner join runs
        on
            reads.utility_id = runs.utility_id
            and reads.meter_id = runs.meter_id
            and reads.read_no = runs.last_read_no + 1

)

select * from final
