-- Do rates bring what the year requires, and what adjustment closes the gap, for every fund and the years around?
select
    fund,
    fiscal_year,
    year_kind,
    existing_rate_revenue_usd,
    existing_origin,
    based_on_year,
    uncollectible_percent,
    pilot_percent,
    other_revenue_usd,
    need_usd,
    cash_required_usd,
    coverage_required_usd,
    planned_draw_usd,
    required_usd,
    required_after_draw_usd,
    governing_test_id,
    deficiency_usd,
    deficiency_after_draw_usd,
    surplus_usd,
    surplus_after_draw_usd,
    adjustment_full_year_pct,
    adjustment_with_elasticity_pct,
    effective_month,
    effective_weight,
    weight_basis,
    adjustment_in_year_pct,
    is_sufficient,
    is_sufficient_after_draw,
    light,
    reason
from marts.rpt_sufficiency_answers
where
    utility_id = $utility
    and scenario = $scenario
    and fiscal_year between $fiscal_year - 3 and $fiscal_year + 5
order by fund, fiscal_year
