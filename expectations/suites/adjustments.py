"""Adjustments coming in: penalties, fees, waivers, credits, transfers, write-offs."""

from expectations.declare import SampleExpectation, Suite, never, none_found, within
from expectations.suites.common import CHARGED, MOST_MISDATED, arrival, cents, dated_plausibly, load_figures

_FEES = "('returned_payment_fee', 'disconnect_fee', 'reconnect_fee')"
_CARRIED = "('balance_transfer', 'opening_balance')"


def _total(kinds: str) -> str:
    """Measure: the amounts of some kinds, in cents."""
    return cents(f"coalesce(sum(amount) FILTER (WHERE kind IN {kinds}), 0)")


ADJUSTMENTS = Suite(
    subject="adjustments",
    table="raw.adjustments",
    boundary="in",
    key=("adjustment_id",),
    shown=("account_id", "posted_on", "kind", "service", "amount", "due_on", "bill_id", "related_account_id"),
    measures={
        "penalty_cents": _total("('penalty')"),
        "assessed_cents": _total(f"('penalty', {_FEES[1:]}"),
        "waived_cents": _total("('penalty_waiver', 'fee_waiver')"),
        "written_off_cents": _total("('write_off')"),
        "transferred_cents": _total("('balance_transfer')"),
        "opening_days": "count(DISTINCT posted_on) FILTER (WHERE kind = 'opening_balance')",
    },
    beside_raw={
        **load_figures("adjustments"),
        "charged": CHARGED,
    },
    profile=(
        *arrival("adjustments"),
        *dated_plausibly("adjustments", "posted_on", "is posted"),
        never(
            "No penalty, fee or charge is due before it is posted",
            f"due_on < posted_on AND kind NOT IN {_CARRIED} AND amount > 0",
            error_above=MOST_MISDATED,
        ),
        never(
            "No adjustment is above $100,000, balances carried over aside",
            f"abs(amount) > 100000 AND kind NOT IN {_CARRIED}",
        ),
        never("No adjustment is approved before it is requested", "approved_on < requested_on"),
        never(
            "Every balance transfer names the other account",
            "kind = 'balance_transfer' AND coalesce(related_account_id, account_id) = account_id",
        ),
        within(
            "Balance transfers take from one account what they give to another",
            "CASE WHEN row_count > 0 THEN transferred_cents END",
            unit="cents",
            least=0,
            most=0,
            offenders="""
                SELECT utility_id, least(account_id, related_account_id) AS account_id,
                    greatest(account_id, related_account_id) AS related_account_id, sum(amount) AS difference
                FROM raw.adjustments WHERE kind = 'balance_transfer' GROUP BY ALL HAVING sum(amount) <> 0""",
        ),
        within(
            "Opening balances are posted on one day",
            "opening_days",
            unit="count",
            most=1,
            offenders="""
                SELECT utility_id, posted_on, count(*) AS opening_balance_count FROM raw.adjustments
                WHERE kind = 'opening_balance' GROUP BY ALL""",
        ),
        within(
            "No more penalties and fees are waived than were assessed",
            "CASE WHEN row_count > 0 THEN assessed_cents + waived_cents END",
            unit="cents",
            least=0,
        ),
        within(
            "Penalties are at most 10 % of what was charged",
            "penalty_cents / nullif(CAST(charged_cents AS DOUBLE), 0)",
            unit="share",
            most=0.10,
        ),
        within(
            "Write-offs are at most 5 % of what was charged",
            "-written_off_cents / nullif(CAST(charged_cents AS DOUBLE), 0)",
            unit="share",
            most=0.05,
        ),
        none_found(
            "Every event that an adjustment names is in the policy calendar",
            """
            SELECT a.utility_id, a.event_id, count(*) AS adjustment_count FROM raw.adjustments AS a
            ANTI JOIN raw.policy_events AS e ON a.utility_id = e.utility_id AND a.event_id = e.event_id
            WHERE a.event_id IS NOT NULL GROUP BY ALL""",
        ),
    ),
    sample_joins_raw="LEFT JOIN raw.bills AS b ON t.utility_id = b.utility_id AND t.bill_id = b.bill_id",
    sample=(
        SampleExpectation(
            "Nearly all adjustments that name a bill name one of their own account",
            "CASE WHEN b.bill_id IS NOT NULL THEN t.account_id END",
            equals="b.account_id",
            mostly=0.99,
        ),
        SampleExpectation(
            "Nearly no penalty exceeds $1,000",
            f"CASE WHEN t.kind = 'penalty' THEN {cents('t.amount')} END",
            most=100_000,
            mostly=0.99,
        ),
    ),
)
