"""Nine accounts of Warrensburg under the city's own policy: penalties, fees and holds known by hand.

A bill of $45.06 is due ten days after its date, its penalty date is day 21, and the penalty is a tenth of
what is open when that day ends: $4.51, or $2.51 where $20.00 was paid in time. Late fees were waived, and
shut-offs stopped, from 16 March to 30 June 2020.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from ingest.policy_checks import read_policy
from ingest.policy_rows import policy_rows
from ratehouse.workspace import PROJECT_ROOT

from .town import Rows

UTILITY = "warrensburg"
AS_OF = date(2020, 8, 31)
BILL, PENALTY = Decimal("45.06"), Decimal("4.51")
OF_PART = Decimal("2.51")  # a tenth of 25.06
PAID_EARLY = Decimal("20.00")
RETURN_FEE, ONLINE_FEE = Decimal("25.00"), Decimal("1.25")
HELP = Decimal("10.00")

RIGHT, WRONG_BASE, FORGOTTEN, WAIVED = "010000001", "010000002", "020000003", "020000004"
NO_CARDS, RETURNED, ONLINE, AGREED, DISPUTED = (
    "030000005", "030000006", "040000007", "040000008", "040000009",
)  # fmt: skip
SPRING, WAIVER, BEFORE, SUMMER = date(2019, 3, 4), date(2020, 4, 6), date(2020, 2, 3), date(2020, 7, 6)
BILLED_ON = {
    RIGHT: SPRING, WRONG_BASE: SPRING, FORGOTTEN: SPRING, WAIVED: WAIVER, NO_CARDS: SPRING,
    RETURNED: SPRING, ONLINE: SPRING, AGREED: BEFORE, DISPUTED: SUMMER,
}  # fmt: skip

EXPECTED = {RIGHT: PENALTY, WRONG_BASE: OF_PART, FORGOTTEN: PENALTY, AGREED: PENALTY}
CHARGED = {RIGHT: PENALTY, WRONG_BASE: PENALTY, AGREED: PENALTY}
PAYMENTS = [
    # account, day, amount, channel, tender, what the payer was charged beside it
    (RIGHT, date(2019, 4, 10), BILL + PENALTY, "mail", "check", None),
    (WRONG_BASE, date(2019, 3, 20), PAID_EARLY, "walk_in", "cash", None),
    (WRONG_BASE, date(2019, 4, 10), BILL + PENALTY - PAID_EARLY, "walk_in", "cash", None),
    (NO_CARDS, date(2019, 3, 10), BILL, "agent", "card", None),
    (RETURNED, date(2019, 3, 12), BILL, "mail", "check", None),
    (RETURNED, date(2019, 3, 22), BILL + RETURN_FEE, "walk_in", "cash", None),
    (ONLINE, date(2019, 3, 10), BILL, "online", "card", ONLINE_FEE),
    (AGREED, date(2020, 7, 18), Decimal("24.79"), "mail", "check", None),
    (AGREED, date(2020, 8, 18), Decimal("24.78"), "mail", "check", None),
    (DISPUTED, date(2020, 8, 10), HELP, "assistance", "assistance", None),
]


def late_town() -> Rows:
    rows: Rows = defaultdict(list)
    policy, problems = read_policy(PROJECT_ROOT / "data" / "utilities" / UTILITY)
    assert not problems
    for table, policy_table in policy_rows(policy).items():
        rows[table] += [{**row, "utility_id": UTILITY} for row in policy_table]
    for number, entity in enumerate(("bills", "adjustments"), start=1):
        rows["loads"].append({
            "utility_id": UTILITY, "load_id": number, "entity": entity, "source_file": f"{entity}.csv",
            "origin": "simulated", "delivered_on": AS_OF, "loaded_at": f"{AS_OF} 06:00:00",
            "status": "loaded", "received": 1, "loaded": 1, "unchanged": 0, "restated": 0,
            "rejected": 0, "masked": 0,
        })  # fmt: skip
    for account_id, billed_on in BILLED_ON.items():
        _account(rows, account_id)
        _bill(rows, account_id, billed_on)
    # The last posting is of the last day: a bill that is not due yet.
    _bill(rows, ONLINE, AS_OF, "-2")
    for account_id, amount in CHARGED.items():
        _add(
            rows, "adjustments", adjustment_id=f"P{account_id}", account_id=account_id, kind="penalty",
            posted_on=BILLED_ON[account_id] + timedelta(days=22), amount=amount,
            bill_id=f"B{account_id}",
        )  # fmt: skip
    for number, (account_id, day, amount, channel, tender, fee) in enumerate(PAYMENTS, start=1):
        _add(
            rows, "payments", payment_id=f"Y{number}", account_id=account_id, received_on=day, posted_on=day,
            amount=amount, channel=channel, tender=tender, customer_fee=fee,
            card_brand="visa" if tender == "card" else None,
            fund_source="dollar_help" if channel == "assistance" else None,
        )  # fmt: skip
    _returned_check(rows)
    _agreement(rows)
    _dispute_and_notices(rows)
    return rows


def _add(rows: Rows, table: str, **values: object) -> None:
    lineage = {"_load_id": 1, "_line_number": len(rows[table]) + 2}
    rows[table].append({"utility_id": UTILITY, **values, **lineage})


def _account(rows: Rows, account_id: str) -> None:
    _add(
        rows, "accounts", account_id=account_id, premise_id=f"P{account_id}", customer_class="residential",
        billing_group=account_id[:2], autopay="none", budget_billing=False, opened_on=date(2015, 1, 5),
    )  # fmt: skip


def _bill(rows: Rows, account_id: str, billed_on: date, number: str = "") -> None:
    _add(
        rows, "bills", bill_id=f"B{account_id}{number}", account_id=account_id, bill_date=billed_on,
        due_date=billed_on + timedelta(days=10), kind="regular", delivery="electronic",
        service_from=billed_on - timedelta(days=36), service_to=billed_on - timedelta(days=6),
    )  # fmt: skip
    _add(
        rows, "charges", charge_id=f"C{account_id}{number}", bill_id=f"B{account_id}{number}",
        account_id=account_id, service="sewer", charge_code="other", amount=BILL, is_revenue=True,
    )  # fmt: skip


def _returned_check(rows: Rows) -> None:
    """The check of 12 March comes back on the 18th, with its fee; cash before the penalty date pays both."""
    _add(
        rows, "payment_returns", return_id="R1", payment_id="Y5", returned_on=date(2019, 3, 18), amount=BILL,
        kind="return", reason_code="R01",
    )  # fmt: skip
    _add(
        rows, "adjustments", adjustment_id="F1", account_id=RETURNED, kind="returned_payment_fee",
        posted_on=date(2019, 3, 18), amount=RETURN_FEE,
    )  # fmt: skip


def _agreement(rows: Rows) -> None:
    """Bill and penalty, $49.57, in two installments that are met."""
    _add(
        rows, "agreements", agreement_id="A1", account_id=AGREED, signed_on=SUMMER, kind="hardship",
        amount=BILL + PENALTY, ends_on=date(2020, 8, 20),
    )  # fmt: skip
    for number, (day, amount) in enumerate(
        [(date(2020, 7, 20), Decimal("24.79")), (date(2020, 8, 20), Decimal("24.78"))], start=1
    ):
        _add(
            rows,
            "agreement_installments",
            agreement_id="A1",
            installment_no=number,
            due_on=day,
            amount=amount,
        )


def _dispute_and_notices(rows: Rows) -> None:
    """One bill is disputed and undecided; the forgotten account was told all that the policy asks for."""
    _add(
        rows, "disputes", dispute_id="D1", account_id=DISPUTED, bill_id=f"B{DISPUTED}", level="collector",
        filed_on=SUMMER + timedelta(days=9), amount=BILL,
    )  # fmt: skip
    for number, (kind, recipient, day) in enumerate(
        [
            ("written_notice", "occupant", date(2020, 7, 6)),
            ("written_notice", "owner", date(2020, 7, 6)),
            ("hang_tag", "occupant", date(2020, 8, 10)),
            ("courtesy_call", "occupant", date(2020, 8, 11)),
        ]
    ):
        _add(
            rows, "service_orders", order_id=f"O{number}", account_id=FORGOTTEN, kind=kind,
            recipient=recipient, ordered_on=day, amount_due=BILL,
        )  # fmt: skip
