-- What does each test come to?
select
    fund,
    path,
    test_id,
    fiscal_year,
    numerator_usd,
    denominator_usd,
    value,
    target_value,
    band_low_value,
    band_high_value,
    result,
    reason,
    required_rate_revenue_usd
from t
