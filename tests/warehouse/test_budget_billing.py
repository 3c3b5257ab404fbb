"""Budget billing by hand: only level amounts fall due, and what is put off has no due date (R80)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.support.canonical import Rows, add, empty_rows, merged
from tests.support.settlement_warehouse import CASE_POLICY, aging, open_items, settlement_warehouse

pytestmark = pytest.mark.rule("R80")

# docs/decisions/0006: month of 2024 -> charges, level amount, kind
EXAMPLE = (
    (1, "100.00", "80.00", "regular"),
    (2, "60.00", "80.00", "regular"),
    (3, "70.00", "80.00", "regular"),
    (4, "90.00", "60.00", "regular"),
    (5, "30.00", None, "final"),
)


def usd(text: str) -> Decimal:
    return Decimal(text)


def level_account(account_id: str, months=EXAMPLE) -> Rows:
    """An account with sewer bills on the 1st, due on the 21st."""
    rows = empty_rows()
    add(rows, "accounts", account_id=account_id)
    for month, charged, level, kind in months:
        bill(rows, account_id, f"{account_id}-{month}", month, {"sewer": charged}, level, kind)
    return rows


def bill(rows: Rows, account_id: str, bill_id: str, month: int, charges: dict, level=None, kind="regular"):
    add(
        rows,
        "bills",
        bill_id=bill_id,
        account_id=account_id,
        bill_date=date(2024, month, 1),
        due_date=date(2024, month, 21),
        kind=kind,
        budget_amount=None if level is None else usd(level),
    )
    for service, amount in charges.items():
        add(
            rows,
            "charges",
            charge_id=f"{bill_id}-{service}",
            bill_id=bill_id,
            account_id=account_id,
            service=service,
            amount=usd(amount),
        )


def pay(rows: Rows, account_id: str, posted_on: date, amount: str, bill_id: str | None = None) -> None:
    add(
        rows,
        "payments",
        payment_id=f"P{len(rows['payments'])}-{account_id}",
        account_id=account_id,
        received_on=posted_on,
        posted_on=posted_on,
        amount=usd(amount),
        bill_id=bill_id,
    )


def cancel(rows: Rows, account_id: str, bill_id: str, on: date) -> None:
    add(
        rows,
        "bills",
        bill_id=f"{bill_id}-cancel",
        account_id=account_id,
        bill_date=on,
        due_date=on,
        kind="cancel",
        cancels_bill_id=bill_id,
    )


def _cases() -> Rows:
    unpaid, named, cancelled = level_account("unpaid"), level_account("named"), level_account("cancelled")
    paid, other = level_account("paid"), level_account("other", EXAMPLE[:2])
    for month, amount in ((1, "80.00"), (2, "80.00"), (3, "80.00"), (4, "60.00")):
        pay(paid, "paid", date(2024, month, 20), amount)
    add(
        named,
        "adjustments",
        adjustment_id="leak",
        account_id="named",
        posted_on=date(2024, 1, 10),
        kind="leak_credit",
        amount=usd("-90.00"),
        bill_id="named-1",
    )
    cancel(cancelled, "cancelled", "cancelled-1", date(2024, 1, 15))
    bill(other, "other", "other-3", 3, {"sewer": "50.00"})  # a usual bill: level payments have ended
    two, credit = empty_rows(), empty_rows()
    add(two, "accounts", account_id="two")
    bill(two, "two", "two-1", 1, {"water": "40.00", "sewer": "30.00"}, "50.00")
    add(credit, "accounts", account_id="credit")
    bill(credit, "credit", "credit-1", 1, {"sewer": "110.00", "water": "-10.00"}, "80.00")
    return merged([unpaid, named, cancelled, paid, other, two, credit])


@pytest.fixture(scope="module")
def warehouse():
    return settlement_warehouse(_cases(), policy=CASE_POLICY)


JAN, FEB, MAR, APR, MAY = (date(2024, month, 21) for month in range(1, 6))


@pytest.mark.parametrize(
    ("account", "day", "expected"),
    [
        ("unpaid", date(2024, 1, 1), {(1, JAN): "80.00", (1, None): "20.00"}),
        ("unpaid", date(2024, 2, 25), {(1, JAN): "80.00", (1, FEB): "20.00", (2, FEB): "60.00"}),
        (
            "unpaid",
            date(2024, 5, 31),
            {
                (1, JAN): "80.00",
                (1, FEB): "20.00",
                (2, FEB): "60.00",
                (3, MAR): "70.00",
                (4, APR): "70.00",
                (4, MAY): "20.00",
                (5, MAY): "30.00",
            },
        ),
        # who pays every level amount is never past due; in April 10.00 were paid in March already
        ("paid", date(2024, 1, 31), {(1, None): "20.00"}),
        ("paid", date(2024, 2, 29), {}),
        ("paid", date(2024, 4, 30), {(4, None): "20.00"}),
        ("paid", date(2024, 5, 31), {(4, MAY): "20.00", (5, MAY): "30.00"}),
        # a credit of 90.00 that names the bill takes the due 80.00 first, then 10.00 of what is put off
        ("named", date(2024, 1, 31), {(1, None): "10.00"}),
        # what was cancelled leaves the balance: February has 60.00 charged and 80.00 asked
        ("cancelled", date(2024, 1, 14), {(1, JAN): "80.00", (1, None): "20.00"}),
        ("cancelled", date(2024, 1, 15), {}),
        ("cancelled", date(2024, 2, 25), {(2, FEB): "60.00"}),
        ("cancelled", date(2024, 4, 30), {(2, FEB): "60.00", (3, MAR): "70.00", (4, APR): "90.00"}),
        (
            "other",
            date(2024, 3, 1),
            {(1, JAN): "80.00", (1, FEB): "20.00", (2, FEB): "60.00", (3, MAR): "50.00"},
        ),
    ],
)
def test_what_is_open_and_when_it_is_due(warehouse, account, day, expected):
    found = {
        (int(posting_id.split(":")[1].rsplit("-", 1)[1]), due_on): amount
        for (posting_id, due_on), amount in open_items(warehouse, day)[account].items()
    }
    assert found == {key: usd(amount) for key, amount in expected.items()}


def test_services_fall_due_in_the_order_of_the_policy(warehouse):
    """50.00 of 70.00: the sewer's 30.00 and 20.00 of the water."""
    assert open_items(warehouse, date(2024, 1, 31))["two"] == {
        ("bill:two-1:sewer", JAN): usd("30.00"),
        ("bill:two-1:water", JAN): usd("20.00"),
        ("bill:two-1:water", None): usd("20.00"),
    }


def test_a_credit_on_the_bill_is_not_put_off(warehouse):
    """110.00 of sewer and a water credit of 10.00 are 100.00, of which 80.00 is due."""
    assert open_items(warehouse, date(2024, 1, 31))["credit"] == {
        ("bill:credit-1:sewer", JAN): usd("80.00"),
        ("bill:credit-1:sewer", None): usd("20.00"),
    }


def test_what_is_put_off_is_not_yet_due_in_the_aging(warehouse):
    sewer = aging(warehouse, date(2024, 1, 31))["unpaid"]["sewer"]
    assert (sewer["not_yet_due_usd"], sewer["d1_30_usd"], sewer["total_usd"]) == (
        usd("20.00"),
        usd("80.00"),
        usd("100.00"),
    )


def test_a_posting_has_one_pair_with_a_credit_whatever_its_parts():
    """Paid in full: the payment of 300.00 meets each posting once, and once more where the bill is named."""
    rows = level_account("once")
    pay(rows, "once", date(2024, 5, 2), "300.00")
    connection = settlement_warehouse(rows, ("fct_allocations",), policy=CASE_POLICY, as_of="2024-05-31")
    pairs = connection.execute(
        "SELECT debit_posting_id, amount_usd FROM marts.fct_allocations ORDER BY 1"
    ).fetchall()
    assert pairs == [
        ("bill:once-1:sewer", usd("100.00")),
        ("bill:once-2:sewer", usd("60.00")),
        ("bill:once-3:sewer", usd("70.00")),
        ("bill:once-4:sewer", usd("70.00")),
    ]
