-- How much do the bills of a class use in a month, at each percentile of its bills? Short bills and cancelled ones are left out.
with units as (

    select
        cast(
            case when $basis = 'winter_average' then average_quantity else usage_quantity end / months as decimal(18, 2)
        ) as month_quantity,
        unit_count
    from marts.fct_billing_determinants
    where
        utility_id = $utility
        and service = $service
        and fiscal_year = $fiscal_year
        and tariff_class = $tariff_class
        and effective_from_on in (select unnest(cast($versions as date[])))
        and ($meter_size = '' or meter_size = $meter_size)
        and ($season_day = '' or season_day = $season_day)
        and months >= 1
        and unit_count > 0

),

quantities as (

    select
        month_quantity,
        sum(unit_count) as unit_count
    from units
    group by month_quantity

),

ranked as (

    select
        month_quantity,
        sum(unit_count) over (order by month_quantity) as count_through,
        sum(unit_count) over () as count_of_all
    from quantities

),

percentiles as (

    select unnest(cast($percentiles as integer[])) as percentile

)

select
    percentiles.percentile,
    min(ranked.month_quantity) as month_quantity,
    cast(max(ranked.count_of_all) as bigint) as bill_count
from percentiles
inner join ranked
    on ranked.count_through * 100 >= percentiles.percentile * ranked.count_of_all
group by percentiles.percentile
order by percentiles.percentile
