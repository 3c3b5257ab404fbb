with differences as (

    select
        utility_id,
        meter_id,
        read_id,
        read_no,
        reading,
        register_size,
        multiplier,
        previous_read_kind,
        reading is not null and not is_falling as is_good,
        is_falling,
        delivered_usage
    from {{ ref('int_billing__read_differences') }}

),

-- Most meters have none; the windows below see only the others.
broken_meters as (

    select distinct
        utility_id,
        meter_id
    from differences
    where not is_good

),

-- What was counted without a good reading is not counted again.
counted as (

    select
        differences.*,
        sum(case when differences.is_good then 0 else coalesce(differences.delivered_usage, 0) end) over (
            partition by differences.utility_id, differences.meter_id
            order by differences.read_no
        ) as counted_usage
    from differences
    inner join broken_meters
        on differences.utility_id = broken_meters.utility_id and differences.meter_id = broken_meters.meter_id

),

based as (

    select
        *,
        lag(is_good) over history as is_after_good,
        lag(is_falling) over history as is_after_falling,
        {{ last_known('case when is_good then reading end') }} over before_it as good_reading,
        {{ last_known('case when is_good then counted_usage end') }} over before_it as good_counted_usage
    from counted
    window
        history as (partition by utility_id, meter_id order by read_no),
        before_it as (
            partition by utility_id, meter_id
            order by read_no
            rows between unbounded preceding and 1 preceding
        )

),

final as (

    select
        utility_id,
        read_id,
        is_after_falling,
        cast(
            {{ units_of(register_steps('good_reading', 'reading', 'register_size', "previous_read_kind = 'estimated'"), 'multiplier') }}
            - (counted_usage - good_counted_usage) as decimal(18, 6)
        ) as remaining_usage
    from based
    where is_good and not is_after_good

)

select * from final
