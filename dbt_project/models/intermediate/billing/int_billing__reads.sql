with usages as (

    select * from {{ ref('int_billing__read_usages') }}

),

holders as (

    select * from {{ ref('int_billing__premise_holders') }}

),

accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

-- Where a bill is never below zero, an estimate that was too high is used up by the reads that follow.
summed as (

    select
        utility_id,
        meter_id,
        read_id,
        read_no,
        sum(counted_usage) over (partition by utility_id, meter_id order by read_no) as total_usage
    from usages
    where is_held_at_zero

),

peaked as (

    select
        utility_id,
        read_id,
        total_usage,
        greatest(max(total_usage) over (partition by utility_id, meter_id order by read_no), 0) as peak_usage,
        greatest(
            coalesce(
                max(total_usage) over (partition by utility_id, meter_id order by read_no rows between unbounded preceding and 1 preceding), 0
            ), 0
        ) as previous_peak_usage
    from summed

),

-- Meters of one premise may belong to several accounts; then each names its own.
held as (

    select
        usages.*,
        coalesce(accounts.account_id, holders.account_id, usages.meter_account_id) as account_id,
        cast(coalesce(peaked.peak_usage - peaked.previous_peak_usage, usages.counted_usage) as decimal(18, 6)) as usage_quantity,
        cast(coalesce(peaked.peak_usage - peaked.total_usage, 0) as decimal(18, 6)) as held_quantity
    from usages
    left join peaked
        on usages.utility_id = peaked.utility_id and usages.read_id = peaked.read_id
    left join holders
        on
            usages.utility_id = holders.utility_id
            and usages.premise_id = holders.premise_id
            and usages.read_on > holders.from_on
            and usages.read_on <= holders.to_on
    left join accounts
        on
            usages.utility_id = accounts.utility_id
            and usages.meter_account_id = accounts.account_id
            and usages.read_on > coalesce(accounts.opened_on, {{ beginning_of_time() }})
            and usages.read_on <= coalesce(accounts.closed_on, {{ end_of_time() }})

),

final as (

    select
        utility_id,
        read_id,
        meter_id,
        read_no,
        service,
        premise_id,
        account_id,
        meter_size,
        unit,
        dials,
        multiplier,
        billing_group,
        installed_on,
        removed_on,
        read_on,
        previous_read_on,
        days,
        read_kind,
        previous_read_kind,
        estimate_reason,
        reading,
        previous_reading,
        delivered_usage,
        cast(computed_usage as decimal(18, 6)) as computed_usage,
        usage_quantity,
        held_quantity,
        cast(usage_quantity - counted_usage + computed_usage as decimal(18, 6)) as registered_usage,
        span_usage,
        -- Only the first read of a new meter and the last one of an old are an exchange's own: a cycle's read may fall on that day.
        coalesce(
            (read_on = installed_on and previous_read_on is null) or (read_on = removed_on and next_read_on is null), false
        ) as is_change_read,
        is_rollover,
        is_falling,
        is_falling or is_after_falling as is_suspect,
        is_gap,
        is_read_missing,
        computed_usage is null and delivered_usage is null as is_unknown,
        _load_id,
        _line_number
    from held

)

select * from final
