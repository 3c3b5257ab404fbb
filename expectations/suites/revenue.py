"""Revenue by month going out: earned and billed stay near each other, and no month is empty."""

from expectations.declare import Suite, none_found, within
from expectations.suites.common import cents

# Less than a year says little: billing in arrears, or every second month, moves too much over its ends.
_MONTHS_NEEDED = 12

_SERVICES = """
    SELECT utility_id, service, month_end_on, sum(billed_usd) AS billed_usd, sum(earned_usd) AS earned_usd,
        sum(unbilled_usd) AS unbilled_usd, bool_or(has_suspended_billing) AS is_suspended
    FROM marts.fct_revenue_monthly WHERE is_complete GROUP BY utility_id, service, month_end_on"""

# Bills that were held back come some weeks after the suspension has ended.
_UNUSUAL_UNBILLED = f"""
    SELECT utility_id, service, month_end_on, unbilled_usd, usual_earned_usd FROM (
        SELECT *, avg(earned_usd) OVER last_year AS usual_earned_usd,
            bool_or(is_suspended) OVER lately AS is_after_suspension
        FROM ({_SERVICES})
        WINDOW
            by_month AS (PARTITION BY utility_id, service ORDER BY month_end_on),
            last_year AS (by_month ROWS BETWEEN 11 PRECEDING AND CURRENT ROW),
            lately AS (by_month ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
    WHERE unbilled_usd NOT BETWEEN 0 AND 3 * greatest(usual_earned_usd, 0) AND NOT is_after_suspension"""

_EMPTY_MONTHS = f"""
    SELECT utility_id, service, month_end_on, earned_usd, earned_before_usd, earned_after_usd FROM (
        SELECT *, lag(earned_usd) OVER by_month AS earned_before_usd,
            lead(earned_usd) OVER by_month AS earned_after_usd
        FROM ({_SERVICES})
        WINDOW by_month AS (PARTITION BY utility_id, service ORDER BY month_end_on)
    )
    WHERE earned_usd = 0 AND earned_before_usd <> 0 AND earned_after_usd <> 0 AND NOT is_suspended"""

REVENUE = Suite(
    subject="fct_revenue_monthly",
    table="marts.fct_revenue_monthly",
    boundary="out",
    key=("service", "customer_class", "month_end_on"),
    shown=("billed_usd", "earned_usd", "unbilled_usd", "is_complete", "has_suspended_billing"),
    measures={
        "month_count": "count(DISTINCT month_end_on) FILTER (WHERE is_complete)",
        "earned_cents": cents("sum(earned_usd) FILTER (WHERE is_complete)"),
        "billed_cents": cents("sum(billed_usd) FILTER (WHERE is_complete)"),
    },
    profile=(
        within(
            "Over a year or more of complete months half to one and a half times what was billed is earned",
            f"""CASE WHEN month_count >= {_MONTHS_NEEDED}
                THEN earned_cents / nullif(CAST(billed_cents AS DOUBLE), 0) END""",
            unit="share",
            least=0.5,
            most=1.5,
        ),
        none_found(
            "At every complete month's end a service has between nothing and three usual months unbilled,"
            " suspended billing aside",
            _UNUSUAL_UNBILLED,
        ),
        none_found(
            "No complete month without suspended billing has earned nothing between two that have",
            _EMPTY_MONTHS,
        ),
    ),
)
