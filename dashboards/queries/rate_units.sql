-- What was there to price for a class in a fiscal year, and how often?
select
    unit_id,
    utility_id,
    service,
    effective_from_on,
    tariff_class,
    meter_size,
    season_day,
    months,
    base_months,
    usage_quantity,
    average_quantity,
    demand_quantity,
    assistance_rate_usd,
    cast(sum(unit_count) as bigint) as unit_count
from marts.fct_billing_determinants
where
    utility_id = $utility
    and service = $service
    and fiscal_year = $fiscal_year
    and tariff_class = $tariff_class
    and effective_from_on in (select unnest(cast($versions as date[])))
group by all
