with tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}

),

bills as (

    select
        utility_id,
        min(least(coalesce(service_from_on, billed_on), billed_on)) as first_on,
        max(greatest(coalesce(service_to_on, billed_on), billed_on)) as last_on
    from {{ ref('int_billing__bills') }}
    group by utility_id

),

versions as (

    select
        utility_id,
        service,
        tariff_class,
        effective_from_on,
        effective_to_on,
        effective_on,
        row_number() over (partition by utility_id, service, tariff_class order by effective_from_on) as version_no
    from tariffs
    group by utility_id, service, tariff_class, effective_from_on, effective_to_on, effective_on

),

season_days as (

    select distinct
        utility_id,
        service,
        tariff_class,
        effective_from_on,
        season_first
    from tariffs
    where season != ''

),

-- The oldest version also prices what is older than it.
spans as (

    select
        versions.utility_id,
        versions.service,
        versions.tariff_class,
        versions.effective_from_on,
        versions.effective_on,
        bills.first_on,
        case when versions.version_no = 1 then {{ beginning_of_time() }} else versions.effective_from_on end as from_on,
        coalesce(versions.effective_to_on, {{ end_of_time() }}) as through_on,
        {{ explode_range(
            'cast(extract(year from bills.first_on) as integer) - 1', 'cast(extract(year from bills.last_on) as integer) + 1'
        ) }} as year_no
    from versions
    inner join bills
        on versions.utility_id = bills.utility_id

),

season_starts as (

    select
        spans.*,
        season_days.season_first,
        {{ day_of_year_in('spans.year_no', 'season_days.season_first') }} as starts_on
    from spans
    inner join season_days using (utility_id, service, tariff_class, effective_from_on)

),

-- A version that begins within a season carries that season on: the latest first day of one before it, else last year's last one.
version_starts as (

    select
        spans.utility_id,
        spans.service,
        spans.tariff_class,
        spans.effective_from_on,
        spans.effective_on,
        spans.from_on as starts_on,
        spans.through_on,
        coalesce(
            max(case when season_days.season_first <= {{ month_day('spans.from_on') }} then season_days.season_first end),
            max(season_days.season_first),
            ''
        ) as season_day
    from spans
    left join season_days using (utility_id, service, tariff_class, effective_from_on)
    group by
        spans.utility_id, spans.service, spans.tariff_class, spans.effective_from_on, spans.effective_on, spans.from_on, spans.through_on

),

starts as (

    select
        utility_id,
        service,
        tariff_class,
        effective_from_on,
        effective_on,
        starts_on,
        through_on,
        season_day
    from version_starts
    union all
    select
        utility_id,
        service,
        tariff_class,
        effective_from_on,
        effective_on,
        starts_on,
        through_on,
        season_first as season_day
    from season_starts
    where starts_on > from_on and starts_on <= through_on

),

final as (

    select
        utility_id,
        service,
        tariff_class,
        effective_from_on,
        effective_on,
        season_day,
        starts_on as from_on,
        coalesce(
            {{ add_days(
                'lead(starts_on) over (partition by utility_id, service, tariff_class, effective_from_on order by starts_on)', '-1'
            ) }},
            through_on
        ) as through_on
    from starts

)

select * from final
