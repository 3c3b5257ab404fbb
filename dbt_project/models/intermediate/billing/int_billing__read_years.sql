with reads as (

    select
        *,
        coalesce(previous_read_on, {{ add_days('read_on', '-30') }}) as started_on,
        {{ months_of_days('days', "'nearest_whole_long_days_short'", '1') }} as months
    from {{ ref('int_billing__reads') }}
    where previous_read_on is not null or not is_change_read

),

places as (

    select * from {{ ref('int_billing__meter_places') }}

),

rules as (

    select * from {{ ref('int_billing__read_rules') }}

),

placed as (

    select
        reads.utility_id,
        reads.read_id,
        reads.meter_id,
        reads.read_no,
        reads.account_id,
        reads.read_on,
        reads.days,
        reads.months,
        reads.dials,
        reads.multiplier,
        reads.read_kind,
        reads.previous_read_kind,
        reads.previous_reading,
        reads.usage_quantity,
        places.place_key,
        rules.estimate_min_months,
        rules.estimate_tolerance_pct,
        rules.outlier_times,
        rules.outlier_least_steps,
        rules.stuck_reads,
        rules.stuck_least_steps,
        {{ days_between(beginning_of_time(), 'reads.started_on') }} as started_no,
        {{ days_of_months('rules.estimate_months') }} as year_days
    from reads
    inner join places
        on reads.utility_id = places.utility_id and reads.meter_id = places.meter_id
    inner join rules
        on
            reads.utility_id = rules.utility_id
            and reads.read_on >= rules.from_on
            and reads.read_on < rules.to_on

),

-- An estimate rests on all of the months before it, every other check on those that were read.
averaged as (

    select
        *,
        sum(usage_quantity) over year_before as year_usage,
        sum(months) over year_before as year_months,
        sum(case when read_kind != 'estimated' then usage_quantity end) over year_before as read_usage,
        sum(case when read_kind != 'estimated' then months end) over year_before as read_months
    from placed
    window
        year_before as (
            partition by place_key, account_id
            order by started_no
            {{ range_before('year_days') }}
        )

),

judged as (

    select
        *,
        read_kind != 'estimated' and previous_read_kind != 'estimated' and days >= 15 and read_months >= 6
        and (
            (
                {{ times('usage_quantity', 'read_months') }} > {{ times('read_usage', 'outlier_times') }} * months
                and {{ times('(usage_quantity - outlier_least_steps * multiplier)', 'read_months') }} >= {{ times('read_usage', 'months') }}
            ) or (
                usage_quantity > 0
                and {{ times('usage_quantity', 'read_months') }} * outlier_times < {{ times('read_usage', 'months') }}
                and {{ times('(usage_quantity + outlier_least_steps * multiplier)', 'read_months') }} <= {{ times('read_usage', 'months') }}
            )
        ) as is_outlier
    from averaged

),

final as (

    select
        utility_id,
        read_id,
        meter_id,
        read_no,
        account_id,
        read_on,
        days,
        dials,
        multiplier,
        read_kind,
        previous_reading,
        usage_quantity,
        cast(months as decimal(18, 6)) as months,
        cast(year_usage as decimal(18, 6)) as year_usage,
        cast(year_months as decimal(18, 6)) as year_months,
        cast(read_usage as decimal(18, 6)) as read_usage,
        cast(read_months as decimal(18, 6)) as read_months,
        estimate_min_months,
        estimate_tolerance_pct,
        stuck_reads,
        stuck_least_steps,
        coalesce(is_outlier, false) as is_outlier
    from judged
    where is_outlier or read_kind = 'estimated' or usage_quantity = 0

)

select * from final
