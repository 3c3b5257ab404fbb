"""Proof of revenue going out: a year's rates give what a year's bills say, and the books say the same."""

from expectations.declare import Suite, none_found

# Years that are over on the day that the build stands on.
_FINISHED_YEARS = """
    SELECT p.* FROM (
        SELECT p.*, u.as_of_on, make_date(
            p.fiscal_year - CASE WHEN u.fiscal_year_start_month > 1 THEN 1 ELSE 0 END,
            u.fiscal_year_start_month, 1
        ) AS first_on
        FROM marts.rpt_proof_of_revenue AS p
        INNER JOIN marts.dim_utilities AS u ON p.utility_id = u.utility_id
        WHERE p.customer_class = 'all' AND p.component = 'all'
    ) AS p
    WHERE p.first_on + INTERVAL 1 YEAR <= p.as_of_on + INTERVAL 1 DAY"""

# Where no tariff was in force when the year began, rates cannot give all of it.
_RESIDUALS = f"""
    SELECT y.utility_id, y.fiscal_year, y.service, y.billed_usd, y.recomputed_usd,
        y.residual_usd, y.residual_pct
    FROM ({_FINISHED_YEARS}) AS y
    SEMI JOIN marts.dim_tariffs AS d
        ON y.utility_id = d.utility_id AND y.service = d.service AND d.effective_from_on <= y.first_on
    WHERE 100 * abs(y.residual_usd) > abs(y.billed_usd)"""

# Books of a year that began before the first bill know of revenue that was never delivered.
_BOOKS = f"""
    SELECT y.utility_id, y.fiscal_year, y.service, y.books_usd, y.billed_revenue_usd, y.books_difference_usd
    FROM ({_FINISHED_YEARS}) AS y
    INNER JOIN (
        SELECT utility_id, service, min(month_end_on) AS month_end_on FROM marts.fct_revenue_monthly
        WHERE billed_usd <> 0 GROUP BY utility_id, service
    ) AS first_billed
        ON
            y.utility_id = first_billed.utility_id AND y.service = first_billed.service
            AND first_billed.month_end_on <= last_day(y.first_on)
    WHERE 100 * abs(y.books_difference_usd) > abs(y.billed_revenue_usd)"""

PROOF = Suite(
    subject="rpt_proof_of_revenue",
    table="marts.rpt_proof_of_revenue",
    boundary="out",
    key=("fiscal_year", "service", "customer_class", "component"),
    shown=("billed_usd", "recomputed_usd", "residual_usd", "books_usd", "books_difference_usd"),
    profile=(
        none_found(
            "In every finished fiscal year the rates give what was billed for a service to within 1 %",
            _RESIDUALS,
        ),
        none_found(
            "In every finished fiscal year the books have what was billed for a service to within 1 %",
            _BOOKS,
        ),
    ),
)
