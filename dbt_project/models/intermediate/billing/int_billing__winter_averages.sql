with periods as (

    select * from {{ ref('int_billing__read_periods') }}
    where not is_final

),

sewer_meters as (

    select distinct
        utility_id,
        account_id
    from periods
    where service = 'sewer'

),

rules as (

    select * from {{ ref('int_billing__rules') }}
    where class_with_average is not null

),

units as (

    select * from {{ ref('int_billing__service_units') }}
    where service = 'sewer'

),

-- Sewer is measured by its own meter where there is one, else by the water that comes in.
winter_reads as (

    select
        periods.utility_id,
        periods.account_id,
        units.unit,
        {{ converted('periods.usage_quantity', 'periods.unit', 'units.unit', 'rules') }} as usage_quantity,
        periods.period_end_on,
        periods.is_estimated,
        rules.winter_min_reads,
        rules.winter_decimals,
        rules.winter_applies_from_month,
        cast(extract(year from periods.period_end_on) as integer)
        + case when extract(month from periods.period_end_on) >= rules.winter_applies_from_month then 1 else 0 end as winter_year
    from periods
    inner join rules
        on
            periods.utility_id = rules.utility_id
            and periods.period_end_on >= rules.from_on
            and periods.period_end_on < rules.to_on
    inner join units
        on periods.utility_id = units.utility_id
    left join sewer_meters
        on periods.utility_id = sewer_meters.utility_id and periods.account_id = sewer_meters.account_id
    where
        periods.service = case when sewer_meters.account_id is null then 'water' else 'sewer' end
        and ',' || rules.winter_months || ',' like '%,' || cast(extract(month from periods.period_end_on) as integer) || ',%'
        and (rules.has_estimated_winter_reads or not periods.is_estimated)

),

counted as (

    select
        utility_id,
        account_id,
        winter_year,
        max(unit) as unit,
        max(winter_min_reads) as winter_min_reads,
        max(winter_decimals) as winter_decimals,
        max(winter_applies_from_month) as winter_applies_from_month,
        min(period_end_on) as first_read_on,
        max(period_end_on) as last_read_on,
        cast(count(*) as integer) as read_count,
        cast(sum(case when is_estimated then 1 else 0 end) as integer) as estimated_count,
        cast(sum(usage_quantity) as decimal(18, 6)) as winter_usage_quantity
    from winter_reads
    group by utility_id, account_id, winter_year

),

-- R04 to R07: the mean of the winter's reads, for whoever has enough of them, from April until the next one.
final as (

    select
        utility_id,
        account_id,
        winter_year,
        unit,
        first_read_on,
        last_read_on,
        read_count,
        estimated_count,
        winter_usage_quantity,
        case when read_count >= winter_min_reads then {{ mean_of('winter_usage_quantity', 'read_count', 'winter_decimals') }} end as average_quantity,
        make_date(winter_year, winter_applies_from_month, 1) as applies_from_on,
        make_date(winter_year + 1, winter_applies_from_month, 1) as applies_to_on
    from counted

)

select * from final
