"""Payments coming in."""

from expectations.declare import SampleExpectation, Suite, never, seldom, within
from expectations.suites.common import (
    CHARGED,
    MOST_MISDATED,
    arrival,
    cents,
    dated_plausibly,
    fresh,
    latest_on,
    load_figures,
    no_silent_month,
)

PAYMENTS = Suite(
    subject="payments",
    table="raw.payments",
    boundary="in",
    key=("payment_id",),
    shown=("account_id", "received_on", "posted_on", "amount", "channel", "tender", "bill_id"),
    measures={"paid_cents": cents("sum(amount)"), **latest_on("posted_on")},
    beside_raw={
        **load_figures("payments"),
        "charged": CHARGED,
    },
    profile=(
        *arrival("payments", is_required=True),
        fresh("payments", "posted_on", 14),
        no_silent_month("payments", "posted_on"),
        *dated_plausibly("payments", "posted_on", "is posted"),
        never(
            "No payment is posted before it is received", "posted_on < received_on", error_above=MOST_MISDATED
        ),
        seldom(
            "At most one payment in twenty is posted more than 10 days after it was received",
            "posted_on > received_on + INTERVAL 10 DAY",
            0.05,
        ),
        never("No payment is above $1,000,000", "amount > 1000000"),
        seldom(
            "Nearly no payment is smaller than its fees",
            "greatest(customer_fee, processor_fee) > amount",
            0.01,
        ),
        seldom(
            "Nearly all automatic payments are drafts or card payments",
            "tender NOT IN ('bank_draft', 'card')",
            0.01,
            among="channel = 'autopay'",
        ),
        within(
            "Payments are between half and one and a half times what was charged",
            "paid_cents / nullif(CAST(charged_cents AS DOUBLE), 0)",
            unit="share",
            least=0.5,
            most=1.5,
        ),
    ),
    sample_joins_raw="LEFT JOIN raw.bills AS b ON t.utility_id = b.utility_id AND t.bill_id = b.bill_id",
    sample=(
        SampleExpectation(
            "Nearly all payments that name a bill name one of their own account",
            "CASE WHEN b.bill_id IS NOT NULL THEN t.account_id END",
            equals="b.account_id",
            mostly=0.99,
        ),
        SampleExpectation(
            "Nine payments in ten are between $1 and $5,000",
            cents("t.amount"),
            least=100,
            most=500_000,
            mostly=0.9,
        ),
    ),
)
