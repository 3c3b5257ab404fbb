"""Returned payments coming in."""

from expectations.declare import SampleExpectation, Suite, never, within
from expectations.suites.common import (
    MOST_MISDATED,
    arrival,
    dated_plausibly,
    filled_where_given,
    load_figures,
)

_REASON, _HAS_REASON = filled_where_given("returns", "reason_code", "a reason code", 0.2)
_POSTED_ON = "coalesce(posted_on, returned_on)"

PAYMENT_RETURNS = Suite(
    subject="payment_returns",
    table="raw.payment_returns",
    boundary="in",
    key=("return_id",),
    shown=("payment_id", "returned_on", "posted_on", "amount", "kind", "reason_code"),
    measures=_REASON,
    beside_raw={
        **load_figures("payment_returns"),
        "payments": "SELECT utility_id, count(*) AS payment_count FROM raw.payments GROUP BY utility_id",
    },
    profile=(
        *arrival("payment_returns"),
        *dated_plausibly("payment_returns", _POSTED_ON, "is posted"),
        _HAS_REASON,
        never(
            "No return is posted before the day of the return",
            "posted_on < returned_on",
            error_above=MOST_MISDATED,
        ),
        within(
            "Less than one payment in twenty is returned",
            "row_count / nullif(CAST(payment_count AS DOUBLE), 0)",
            unit="share",
            most=0.05,
        ),
    ),
    sample_joins_raw="""
        LEFT JOIN raw.payments AS p ON t.utility_id = p.utility_id AND t.payment_id = p.payment_id""",
    sample=(
        SampleExpectation(
            "Nearly all returns come within 120 days after the payment was posted",
            "date_diff('day', p.posted_on, coalesce(t.posted_on, t.returned_on))",
            most=120,
            mostly=0.95,
        ),
        SampleExpectation(
            "Nearly no cash payment is returned",
            "CASE WHEN p.tender = 'cash' THEN 1 ELSE 0 END",
            most=0,
            mostly=0.99,
        ),
    ),
)
