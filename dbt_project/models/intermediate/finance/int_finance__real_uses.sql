with determinants as (

    select * from {{ ref('int_billing__determinant_counts') }}
    where months >= 1 and unit_count > 0 and usage_unit is not null

),

utilities as (

    select
        utility_id,
        {{ fiscal_year_of(add_days('coalesce(as_of_on, latest_delivered_on)', '1'), 'fiscal_year_start_month') }} - 1 as last_year
    from {{ ref('int_quality__utilities') }}

),

-- The last fiscal year that is over; the first one that is billed where none is.
years as (

    select
        determinants.utility_id,
        coalesce(
            max(case when determinants.fiscal_year <= utilities.last_year then determinants.fiscal_year end),
            min(determinants.fiscal_year)
        ) as fiscal_year
    from determinants
    inner join utilities
        on determinants.utility_id = utilities.utility_id
    group by determinants.utility_id

),

months as (

    select
        determinants.utility_id,
        determinants.fiscal_year,
        determinants.service,
        determinants.tariff_class,
        determinants.usage_unit,
        determinants.meter_size,
        cast(
            case when determinants.basis = 'winter_average' then determinants.average_quantity else determinants.usage_quantity end
            / determinants.months as decimal(18, 2)
        ) as month_quantity,
        determinants.unit_count
    from determinants
    inner join years
        on determinants.utility_id = years.utility_id and determinants.fiscal_year = years.fiscal_year

),

quantities as (

    select
        utility_id,
        fiscal_year,
        service,
        tariff_class,
        usage_unit,
        month_quantity,
        sum(unit_count) as unit_count
    from months
    group by utility_id, fiscal_year, service, tariff_class, usage_unit, month_quantity

),

ranked as (

    select
        *,
        sum(unit_count) over (partition by utility_id, service, tariff_class order by month_quantity) as count_through,
        sum(unit_count) over (partition by utility_id, service, tariff_class) as count_of_all
    from quantities

),

final as (

    select
        utility_id,
        service,
        tariff_class,
        percentile,
        fiscal_year,
        usage_unit,
        cast(min(month_quantity) as decimal(18, 6)) as usage_quantity,
        cast(max(count_of_all) as bigint) as bill_count
    from ranked
    cross join (values (10), (25), (50), (75), (90)) as asked (percentile)
    where count_through * 100 >= percentile * count_of_all
    group by utility_id, service, tariff_class, percentile, fiscal_year, usage_unit

)

select * from final
