with contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}
    where bill_kind != 'cancel'

),

services as (

    select * from {{ ref('int_billing__asked_services') }}

),

bill_usage as (

    select * from {{ ref('int_billing__bill_usage') }}

),

units as (

    select * from {{ ref('int_billing__service_units') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

winters as (

    select * from {{ ref('int_billing__winter_averages') }}

),

first_reads as (

    select
        utility_id,
        min(period_end_on) as first_read_on
    from {{ ref('int_billing__read_periods') }}
    group by utility_id

),

joined as (

    select
        contexts.utility_id,
        contexts.bill_id,
        contexts.billed_on,
        contexts.account_id,
        contexts.customer_class,
        contexts.rate_code,
        contexts.months,
        services.service,
        units.unit,
        rules.winter_applies_from_month,
        rules.class_with_average,
        rules.class_without_average,
        rules.frequency_months,
        rules.has_prorated_base,
        rules.has_prorated_blocks,
        coalesce(bill_usage.meter_size, sizes.meter_size, rules.default_meter_size) as meter_size,
        bill_usage.bill_id is not null as has_reads,
        coalesce(bill_usage.is_estimated, services.is_estimated, false) as is_estimated,
        coalesce(services.is_estimated, false) and not coalesce(bill_usage.is_estimated, true) as is_read_since,
        coalesce(services.has_winter_average, false) as has_billed_average,
        {{ converted('services.volume_quantity', 'coalesce(services.volume_unit, units.unit)', 'units.unit', 'rules') }} as billed_quantity,
        bill_usage.usage_quantity as read_quantity,
        coalesce(services.demand_quantity, 0) as demand_quantity,
        -- Homes that the sewer tariff tells apart by whether they have a winter average (R02, R03).
        services.service = 'sewer'
        and rules.class_with_average is not null
        and coalesce(
            contexts.rate_code in (rules.class_with_average, rules.class_without_average), contexts.customer_class = 'residential'
        ) as is_by_winter,
        {{ winter_of('contexts.billed_on', 'rules.winter_applies_from_month') }} as winter_year,
        {{ add_months(
            'make_date(' ~ winter_of('contexts.billed_on', 'rules.winter_applies_from_month') ~ ', rules.winter_applies_from_month, 1)',
            "-cast(length(rules.winter_months) - length(replace(rules.winter_months, ',', '')) + 1 as integer)"
        ) }} as winter_from_on
    from services
    inner join contexts
        on services.utility_id = contexts.utility_id and services.bill_id = contexts.bill_id
    inner join rules
        on contexts.utility_id = rules.utility_id and contexts.rules_from_on = rules.from_on
    left join bill_usage
        on
            services.utility_id = bill_usage.utility_id
            and services.bill_id = bill_usage.bill_id
            and services.service = bill_usage.service
    left join {{ ref('int_billing__meter_sizes') }} as sizes
        on
            contexts.utility_id = sizes.utility_id
            and contexts.premise_id = sizes.premise_id
            and services.service = sizes.service
    left join units
        on services.utility_id = units.utility_id and services.service = units.service

),

final as (

    select
        joined.*,
        winters.average_quantity,
        winters.estimated_count > 0 as has_estimated_winter,
        -- A winter that the deliveries do not reach back to leaves the average as it was billed, unless enough of its reads are there.
        winters.average_quantity is not null or coalesce(first_reads.first_read_on < joined.winter_from_on, false) as is_winter_known
    from joined
    left join winters
        on
            joined.service = 'sewer'
            and joined.utility_id = winters.utility_id
            and joined.account_id = winters.account_id
            and joined.winter_year = winters.winter_year
    left join first_reads
        on joined.utility_id = first_reads.utility_id

)

select * from final
