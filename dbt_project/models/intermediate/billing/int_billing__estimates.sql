with read_years as (

    select * from {{ ref('int_billing__read_years') }}
    where read_kind = 'estimated'

),

class_averages as (

    select * from {{ ref('int_billing__class_averages') }}

),

-- The account's own months, or where they are too few those of its class.
based as (

    select
        read_years.*,
        case
            when read_years.year_months >= read_years.estimate_min_months then 'own_months'
            when class_averages.read_id is not null then 'class_average'
        end as policy_estimate_basis,
        coalesce(class_averages.class_usage, read_years.year_usage) as base_usage,
        coalesce(class_averages.class_months, read_years.year_months) as base_months
    from read_years
    left join class_averages
        on read_years.utility_id = class_averages.utility_id and read_years.read_id = class_averages.read_id

),

estimates as (

    select
        *,
        cast({{ times('greatest(base_usage, 0)', '1000') }} as bigint) * cast(months * 100 as bigint) as share_of_usage,
        greatest(cast({{ times('base_months', '100') }} as bigint) * cast(multiplier * 1000 as bigint), 1) as share_of_steps
    from based

),

-- An estimate moves the register by whole steps.
counted as (

    select
        *,
        case
            when policy_estimate_basis is not null then cast({{ rounded_quotient('share_of_usage', 'share_of_steps') }} as decimal(18, 6))
        end as policy_steps,
        cast(power(10, dials) as decimal(18, 6)) as register_size
    from estimates

),

measured as (

    select
        *,
        {{ units_of('policy_steps', 'multiplier') }} as policy_estimate_usage,
        previous_reading + policy_steps as moved_reading
    from counted

),

-- Whole months, or the bills of a year, are both the mean of a year: what is near enough agrees.
final as (

    select
        utility_id,
        read_id,
        year_months,
        policy_estimate_basis,
        policy_estimate_usage,
        cast(
            case when moved_reading >= register_size then moved_reading - register_size else moved_reading end as decimal(18, 6)
        ) as policy_estimate_reading,
        coalesce(
            abs(usage_quantity - policy_estimate_usage) > multiplier
            and {{ times('abs(usage_quantity - policy_estimate_usage)', '100') }} > {{ times('policy_estimate_usage', 'estimate_tolerance_pct') }},
            false
        ) as is_differing
    from measured

)

select * from final
