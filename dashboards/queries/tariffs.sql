-- What has each service cost, by version, class and component?
select
    utility_id,
    service,
    effective_from_on,
    effective_to_on,
    effective_on,
    tariff_class,
    component,
    component_kind,
    meter_size,
    season,
    block_no,
    upper_bound,
    unit_rate_usd,
    unit,
    basis,
    cap_quantity,
    rounding,
    is_assumed,
    ordinance,
    source
from marts.dim_tariffs
where utility_id = $utility
order by service, effective_from_on, tariff_class, component, season, block_no, meter_size
