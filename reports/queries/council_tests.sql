-- What does each test come to, on the rates as they are and on the scenario's, for every fund and the years around?
select
    fund,
    fiscal_year,
    path,
    test_id,
    year_kind,
    title,
    measure,
    is_coverage,
    comparison,
    numerator_usd,
    denominator_usd,
    value,
    target_value,
    band_low_value,
    band_high_value,
    result,
    reason,
    is_required,
    sets_rates,
    ordinance,
    convention,
    is_assumed,
    sort
from marts.rpt_sufficiency
where
    utility_id = $utility
    and scenario = $scenario
    and fiscal_year between $fiscal_year - 3 and $fiscal_year + 5
order by fund, fiscal_year, path, sort, test_id
