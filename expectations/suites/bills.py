"""Bills coming in."""

from expectations.declare import SampleExpectation, Suite, never, none_found, seldom
from expectations.suites.common import (
    MOST_MISDATED,
    arrival,
    dated_plausibly,
    fresh,
    latest_on,
    load_figures,
    no_silent_month,
)

_CANCELS = """
    SELECT c.utility_id, c.bill_id, c.account_id, c.bill_date, c.cancels_bill_id,
        b.account_id AS cancelled_account_id, b.bill_date AS cancelled_bill_date,
        c._source_file, c._line_number
    FROM raw.bills AS c
    INNER JOIN raw.bills AS b ON c.utility_id = b.utility_id AND c.cancels_bill_id = b.bill_id
    WHERE c.kind = 'cancel'"""

BILLS = Suite(
    subject="bills",
    table="raw.bills",
    boundary="in",
    key=("bill_id",),
    shown=("account_id", "kind", "bill_date", "due_date", "penalty_date", "service_from", "service_to"),
    measures=latest_on("bill_date"),
    beside_raw=load_figures("bills"),
    profile=(
        *arrival("bills", is_required=True),
        fresh("bills", "bill_date", 45),
        no_silent_month("bills", "bill_date", ("billing_suspension",)),
        *dated_plausibly("bills", "bill_date", "is dated"),
        never("No bill is due before its bill date", "due_date < bill_date", severity="error"),
        never(
            "No bill is due more than 120 days after its bill date",
            "due_date > bill_date + INTERVAL 120 DAY",
            error_above=MOST_MISDATED,
        ),
        never("No bill has its penalty date before its due date", "penalty_date < due_date"),
        never("No service period ends before it begins", "service_to < service_from", severity="error"),
        never(
            "No service period is longer than 120 days",
            "service_to > service_from + INTERVAL 120 DAY",
            error_above=MOST_MISDATED,
        ),
        seldom("Nearly no service period is without a day", "service_to = service_from", 0.01),
        never("No bill shows more than $10,000,000 due", "abs(amount_due) > 10000000"),
        seldom("At most one bill in twenty is a cancellation", "kind = 'cancel'", 0.05),
        none_found(
            "Every cancel bill stands on the account of the bill that it cancels",
            f"SELECT * FROM ({_CANCELS}) WHERE account_id <> cancelled_account_id",
            severity="error",
        ),
        none_found(
            "No bill is cancelled before its own date",
            f"SELECT * FROM ({_CANCELS}) WHERE bill_date < cancelled_bill_date",
        ),
        none_found(
            "No bill is cancelled twice",
            f"""SELECT * FROM ({_CANCELS})
            QUALIFY count(*) OVER (PARTITION BY utility_id, cancels_bill_id) > 1""",
        ),
    ),
    sample_joins_raw="""
        LEFT JOIN (
            SELECT c.utility_id, c.bill_id, sum(c.amount) AS charged FROM raw.charges AS c
            SEMI JOIN sampled AS s ON c.utility_id = s.utility_id AND c.bill_id = s.bill_id
            GROUP BY c.utility_id, c.bill_id
        ) AS charges ON t.utility_id = charges.utility_id AND t.bill_id = charges.bill_id""",
    sample=(
        SampleExpectation(
            "Nine regular bills in ten cover 20 to 100 days of service",
            "CASE WHEN t.kind = 'regular' THEN date_diff('day', t.service_from, t.service_to) END",
            least=20,
            most=100,
            mostly=0.9,
        ),
        SampleExpectation(
            "Nearly all bills that cancel nothing have charges",
            "CASE WHEN t.kind <> 'cancel' THEN CASE WHEN charges.bill_id IS NULL THEN 0 ELSE 1 END END",
            least=1,
            mostly=0.98,
        ),
        SampleExpectation(
            "Nine printed amounts due in ten are the previous balance and the bill's charges",
            """CASE WHEN t.kind <> 'cancel' AND charges.bill_id IS NOT NULL
                THEN CAST(100 * (t.amount_due - t.previous_balance - charges.charged) AS BIGINT) END""",
            least=0,
            most=0,
            mostly=0.9,
        ),
    ),
)
