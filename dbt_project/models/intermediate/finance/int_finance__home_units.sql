with uses as (

    select distinct
        utility_id,
        service,
        tariff_class,
        meter_size,
        usage_quantity
    from {{ ref('int_finance__asked_uses') }}

),

meters as (

    select * from {{ ref('int_finance__class_meters') }}

),

prices as (

    select
        utility_id,
        service,
        price_list,
        priced_class,
        effective_from_on,
        tariff_class,
        meter_size,
        season,
        component
    from {{ ref('int_finance__list_prices') }}

),

months as (

    select {{ explode_range('1', '12') }} as month_no

),

classes as (

    select
        utility_id,
        service,
        price_list,
        priced_class,
        effective_from_on,
        tariff_class,
        max(case when season != '' then 1 else 0 end) = 1 as has_seasons,
        max(case when meter_size != '' then 1 else 0 end) = 1 as has_sizes
    from prices
    group by utility_id, service, price_list, priced_class, effective_from_on, tariff_class

),

sizes as (

    select distinct
        utility_id,
        service,
        price_list,
        priced_class,
        meter_size
    from prices
    where meter_size != ''

),

-- A year is twelve equal months; with seasons each has the prices of its fifteenth day.
units as (

    select
        uses.utility_id,
        uses.service,
        classes.price_list,
        uses.tariff_class as priced_class,
        uses.meter_size,
        uses.usage_quantity,
        classes.effective_from_on,
        classes.tariff_class,
        case when classes.has_seasons then lpad(cast(months.month_no as varchar), 2, '0') || '-15' else '' end as season_day,
        case when classes.has_seasons then 1 else 12 end as month_count,
        meters.assistance_rate_usd
    from uses
    inner join meters
        on
            uses.utility_id = meters.utility_id
            and uses.service = meters.service
            and uses.tariff_class = meters.tariff_class
    inner join classes
        on
            uses.utility_id = classes.utility_id
            and uses.service = classes.service
            and uses.tariff_class = classes.priced_class
    inner join months
        on classes.has_seasons or months.month_no = 1
    left join sizes
        on
            classes.utility_id = sizes.utility_id
            and classes.service = sizes.service
            and classes.price_list = sizes.price_list
            and classes.priced_class = sizes.priced_class
            and uses.meter_size = sizes.meter_size
    where not classes.has_sizes or sizes.meter_size is not null

),

final as (

    select
        row_number() over (
            order by utility_id, service, price_list, priced_class, meter_size, usage_quantity, season_day
        ) as unit_id,
        *,
        cast(1 as decimal(18, 6)) as months,
        cast(1 as decimal(18, 6)) as base_months,
        usage_quantity as average_quantity,
        cast(0 as decimal(18, 6)) as demand_quantity
    from units

)

select * from final
