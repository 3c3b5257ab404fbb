"""The ledger going out: what the extracts say in sum and row by row, and up to when."""

from expectations.declare import SampleExpectation, Suite, agree, never, within
from expectations.suites.common import EARLIEST, cents


def _posted(kind: str) -> dict[str, str]:
    """Measures of the postings that come from one entity."""
    return {
        f"{kind}_posted_cents": cents(
            f"coalesce(sum(amount_usd) FILTER (WHERE source_entity = '{kind}'), 0)"
        ),
    }


def _unposted(entity: str, key: str, day: str, posted_amount: str) -> str:
    """Offenders: rows of an entity whose postings do not add up to them."""
    return f"""
        SELECT r.utility_id, r.{key}, r.{day}, r.amount, p.amount_usd AS posted_usd,
            r._source_file, r._line_number
        FROM raw.{entity} AS r
        LEFT JOIN (
            SELECT utility_id, source_id, {posted_amount} AS amount_usd FROM marts.fct_ledger
            WHERE source_entity = '{entity}' GROUP BY utility_id, source_id
        ) AS p ON r.utility_id = p.utility_id AND r.{key} = p.source_id
        WHERE r.amount <> coalesce(p.amount_usd, 0)"""


def _extracts(entity: str) -> str:
    """What the extracts of an entity say in sum."""
    return f"""
        SELECT utility_id, count(*) FILTER (WHERE amount <> 0) AS {entity}_count,
            {cents("sum(amount)")} AS {entity}_cents
        FROM raw.{entity} GROUP BY utility_id"""


# A cancel bill without charges takes off those of the bill that it cancels.
_BILLED = f"""
    SELECT utility_id, {cents("sum(amount)")} AS bills_cents FROM (
        SELECT utility_id, sum(amount) AS amount FROM raw.charges GROUP BY utility_id
        UNION ALL
        SELECT c.utility_id, -sum(c.amount) AS amount
        FROM raw.bills AS b
        INNER JOIN raw.charges AS c ON b.utility_id = c.utility_id AND b.cancels_bill_id = c.bill_id
        ANTI JOIN raw.charges AS own ON b.utility_id = own.utility_id AND b.bill_id = own.bill_id
        WHERE b.kind = 'cancel'
        GROUP BY c.utility_id
    ) GROUP BY utility_id"""

LEDGER = Suite(
    subject="fct_ledger",
    table="marts.fct_ledger",
    boundary="out",
    key=("posting_id",),
    shown=(
        "account_id",
        "posted_on",
        "posting_kind",
        "amount_usd",
        "due_on",
        "source_id",
        "_load_id",
        "_line_number",
    ),
    measures={
        **_posted("bills"),
        **_posted("payments"),
        **_posted("payment_returns"),
        **_posted("adjustments"),
        "payments_posted": "count(*) FILTER (WHERE source_entity = 'payments')",
        "adjustments_posted": "count(*) FILTER (WHERE source_entity = 'adjustments')",
        "latest_payment_posted_on": "max(posted_on) FILTER (WHERE source_entity = 'payments')",
        "latest_posted_on": "max(posted_on)",
        "total_cents": cents("sum(amount_usd)"),
        "billed_cents": cents("sum(amount_usd) FILTER (WHERE posting_kind = 'charge')"),
    },
    beside={"utilities": "SELECT utility_id, as_of_on, latest_delivered_on FROM marts.dim_utilities"},
    beside_raw={
        "raw_bills": _BILLED,
        "raw_payments": _extracts("payments"),
        "raw_returns": _extracts("payment_returns"),
        "raw_adjustments": _extracts("adjustments"),
        "raw_latest": """
            SELECT utility_id, max(posted_on) AS latest_payment_on FROM raw.payments GROUP BY utility_id""",
    },
    profile=(
        agree(
            "The ledger's charges are the charges of the extracts less what cancel bills took off",
            "coalesce(bills_posted_cents, 0)",
            "coalesce(bills_cents, 0)",
            unit="cents",
            needs_raw=True,
        ),
        agree(
            "The ledger has as many payments as the extracts",
            "coalesce(payments_posted, 0)",
            "coalesce(payments_count, 0)",
            unit="rows",
            needs_raw=True,
            offenders=_unposted("payments", "payment_id", "posted_on", "-sum(amount_usd)"),
        ),
        agree(
            "The ledger's payments add up to those of the extracts",
            "coalesce(-payments_posted_cents, 0)",
            "coalesce(payments_cents, 0)",
            unit="cents",
            needs_raw=True,
            offenders=_unposted("payments", "payment_id", "posted_on", "-sum(amount_usd)"),
        ),
        agree(
            "The ledger's returned payments add up to those of the extracts",
            "coalesce(payment_returns_posted_cents, 0)",
            "coalesce(payment_returns_cents, 0)",
            unit="cents",
            needs_raw=True,
            offenders=_unposted("payment_returns", "return_id", "returned_on", "sum(amount_usd)"),
        ),
        agree(
            "The ledger has as many adjustments as the extracts, those of nothing aside",
            "coalesce(adjustments_posted, 0)",
            "coalesce(adjustments_count, 0)",
            unit="rows",
            needs_raw=True,
            offenders=_unposted("adjustments", "adjustment_id", "posted_on", "sum(amount_usd)"),
        ),
        agree(
            "The ledger's adjustments add up to those of the extracts",
            "coalesce(adjustments_posted_cents, 0)",
            "coalesce(adjustments_cents, 0)",
            unit="cents",
            needs_raw=True,
            offenders=_unposted("adjustments", "adjustment_id", "posted_on", "sum(amount_usd)"),
        ),
        within(
            "The ledger's latest payment is the latest payment of the extracts",
            "date_diff('day', latest_payment_posted_on, latest_payment_on)",
            unit="days",
            least=0,
            most=0,
            severity="error",
            needs_raw=True,
        ),
        within(
            "The ledger reaches to within 45 days of the latest delivery",
            "date_diff('day', latest_posted_on, latest_delivered_on)",
            unit="days",
            most=45,
        ),
        within(
            "No build stands on a day after its latest delivery",
            "date_diff('day', as_of_on, latest_delivered_on)",
            unit="days",
            least=0,
        ),
        within(
            "What is owed in all is less than half of what was ever charged",
            "total_cents / nullif(CAST(billed_cents AS DOUBLE), 0)",
            unit="share",
            least=-0.5,
            most=0.5,
        ),
        never("No posting is dated before 1950", f"posted_on < {EARLIEST}", severity="error"),
        never(
            "No posting is due more than 400 days after it is posted", "due_on > posted_on + INTERVAL 400 DAY"
        ),
    ),
    sample_where="source_entity = 'payments'",
    sample_joins_raw="""
        LEFT JOIN raw.payments AS p ON t.utility_id = p.utility_id AND t.source_id = p.payment_id""",
    sample=(
        SampleExpectation(
            "A payment's posting is on the account of the payment",
            "t.account_id",
            equals="p.account_id",
            severity="error",
            needs_raw=True,
        ),
        SampleExpectation(
            "A payment's posting is on the day of the payment",
            "CAST(t.posted_on AS VARCHAR)",
            equals="CAST(p.posted_on AS VARCHAR)",
            severity="error",
            needs_raw=True,
        ),
        SampleExpectation(
            "A payment's posting takes off what was paid",
            cents("-t.amount_usd"),
            equals=cents("p.amount"),
            severity="error",
            needs_raw=True,
        ),
    ),
)
