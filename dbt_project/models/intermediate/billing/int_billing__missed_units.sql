with parts as (

    select * from {{ ref('int_billing__missed_parts') }}

),

findings as (

    select * from {{ ref('int_billing__never_billed') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

winters as (

    select * from {{ ref('int_billing__winter_averages') }}

),

tariff_periods as (

    select * from {{ ref('int_billing__tariff_periods') }}

),

classes as (

    select distinct
        utility_id,
        service,
        tariff_class
    from {{ ref('stg_policy__tariffs') }}

),

-- A home's winter average is that of the day, where its reads tell it.
described as (

    select
        parts.*,
        findings.customer_class,
        findings.meter_size,
        findings.demand_quantity,
        findings.assistance_rate_usd,
        coalesce(winters.average_quantity, findings.average_quantity) as month_average_quantity,
        case
            when winters.winter_year is null then findings.asked_class
            when winters.average_quantity is null then rules.class_without_average
            else rules.class_with_average
        end as asked_class,
        case
            when parts.is_read
                then {{ months_of_days(days_between('parts.from_on', 'parts.to_on'), 'rules.months_covered', 'rules.frequency_months') }}
            else cast(
                cast({{ rounded_quotient('100 * ' ~ days_between('parts.from_on', 'parts.to_on'), 'extract(day from last_day(parts.to_on))') }} as decimal(18, 2))
                * 0.01 as decimal(18, 6)
            )
        end as months
    from parts
    inner join findings
        on
            parts.utility_id = findings.utility_id
            and parts.finding = findings.finding
            and parts.subject_id = findings.subject_id
            and parts.service = findings.service
            and parts.span_from_on = findings.from_on
    inner join rules
        on parts.utility_id = rules.utility_id and parts.to_on >= rules.from_on and parts.to_on < rules.to_on
    left join winters
        on
            parts.service = 'sewer'
            and findings.asked_class in (rules.class_with_average, rules.class_without_average)
            and parts.utility_id = winters.utility_id
            and findings.account_id = winters.account_id
            and parts.to_on >= winters.applies_from_on
            and parts.to_on < winters.applies_to_on

),

final as (

    select
        cast(row_number() over (
            order by described.utility_id, described.finding, described.subject_id, described.service, described.from_on
        ) as bigint) as unit_id,
        described.utility_id,
        described.finding,
        described.subject_id,
        described.service,
        described.span_from_on,
        described.is_read,
        tariff_periods.effective_from_on,
        tariff_periods.tariff_class,
        described.meter_size,
        tariff_periods.season_day,
        described.months,
        described.months as base_months,
        described.usage_quantity,
        cast(cast({{ times('described.month_average_quantity', 'described.months') }} as decimal(18, 2)) as decimal(18, 6)) as average_quantity,
        cast(cast({{ times('described.demand_quantity', 'described.months') }} as decimal(18, 2)) as decimal(18, 6)) as demand_quantity,
        described.assistance_rate_usd
    from described
    left join classes as fine
        on described.utility_id = fine.utility_id and described.service = fine.service and described.asked_class = fine.tariff_class
    inner join tariff_periods
        on
            described.utility_id = tariff_periods.utility_id
            and described.service = tariff_periods.service
            and tariff_periods.tariff_class = coalesce(fine.tariff_class, described.customer_class)
            and described.to_on between tariff_periods.from_on and tariff_periods.through_on

)

select * from final
