with parts as (

    select * from {{ ref('int_finance__year_parts') }}

),

units as (

    select * from {{ ref('int_billing__determinants') }}

),

tariffs as (

    select * from {{ ref('int_finance__tariffs_in_force') }}

),

season_starts as (

    select distinct
        prices.utility_id,
        prices.service,
        prices.tariff_class,
        prices.season_first
    from {{ ref('stg_policy__tariffs') }} as prices
    inner join tariffs
        on
            prices.utility_id = tariffs.utility_id
            and prices.service = tariffs.service
            and prices.tariff_class = tariffs.tariff_class
            and prices.effective_from_on = tariffs.effective_from_on
    where prices.season != ''

),

-- A unit keeps its season; where the seasons in force begin on other days, the one of the middle of its days.
moved_units as (

    select units.unit_id
    from units
    inner join tariffs
        on units.utility_id = tariffs.utility_id and units.service = tariffs.service and units.tariff_class = tariffs.tariff_class
    left join season_starts
        on
            units.utility_id = season_starts.utility_id
            and units.service = season_starts.service
            and units.tariff_class = season_starts.tariff_class
            and units.season_day = season_starts.season_first
    where tariffs.has_seasons and season_starts.season_first is null

),

summed as (

    select
        parts.utility_id,
        parts.service,
        parts.customer_class,
        parts.unit_id,
        case when moved_units.unit_id is not null then {{ month_day('parts.middle_on') }} end as middle_day,
        parts.has_service_days,
        parts.part_days,
        sum(parts.dated_count) as dated_count,
        sum(case when parts.is_doubled then parts.dated_count else 0 end) as doubled_count,
        sum(parts.year_days) as year_days
    from parts
    left join moved_units
        on parts.unit_id = moved_units.unit_id
    group by
        parts.utility_id, parts.service, parts.customer_class, parts.unit_id, middle_day, parts.has_service_days, parts.part_days

),

seasoned as (

    select
        days.unit_id,
        days.middle_day,
        coalesce(
            max(case when season_starts.season_first <= days.middle_day then season_starts.season_first end), max(season_starts.season_first)
        ) as season_day
    from (select distinct unit_id, middle_day from summed where middle_day is not null) as days
    inner join units
        on days.unit_id = units.unit_id
    inner join season_starts
        on
            units.utility_id = season_starts.utility_id
            and units.service = season_starts.service
            and units.tariff_class = season_starts.tariff_class
    group by days.unit_id, days.middle_day

),

final as (

    select
        summed.utility_id,
        summed.service,
        summed.customer_class,
        summed.unit_id,
        coalesce(seasoned.season_day, units.season_day) as season_day,
        summed.has_service_days,
        cast(summed.part_days as integer) as part_days,
        cast(sum(summed.dated_count) as bigint) as dated_count,
        cast(sum(summed.doubled_count) as bigint) as doubled_count,
        cast(sum(summed.year_days) as bigint) as year_days
    from summed
    inner join units
        on summed.unit_id = units.unit_id
    left join seasoned
        on summed.unit_id = seasoned.unit_id and summed.middle_day = seasoned.middle_day
    group by
        summed.utility_id, summed.service, summed.customer_class, summed.unit_id, coalesce(seasoned.season_day, units.season_day),
        summed.has_service_days, summed.part_days

)

select * from final
