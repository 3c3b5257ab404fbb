"""Fees by hand: returned payments and restorations."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.fees import FEE, fees_of
from tests.support.policy_town import PolicyTown, day

CASES = Path(__file__).parents[1] / "cases" / "ledger"


# ---- Returned payments


@pytest.mark.rule("R32", "R33")
@pytest.mark.parametrize("city", ["warrensburg", "independence"])
@pytest.mark.parametrize(
    ("way", "reason_code", "kind"),
    [
        ("mail check", "R01", "return"),
        ("walk_in check", "R08", "return"),  # a stop pay
        ("drop_box check", "R02", "return"),  # a closed account
        ("drop_box money_order", None, "return"),
        ("autopay bank_draft", "R29", "return"),
        ("online card", "10.4", "chargeback"),
        ("autopay card", "4837", "chargeback"),
    ],
)
def test_any_return_and_any_chargeback_costs_25_dollars(city, way, reason_code, kind):
    town = PolicyTown(city)
    town.account()
    town.pay("P1", "2024-03-11", way)
    town.give_back("P1", "2024-03-14", kind=kind, reason_code=reason_code)
    town.adjust("F1", "2024-03-14", "returned_payment_fee", "25.00")
    assert fees_of(town, *FEE, "return_id", "paid_to", "is_receivable", kind="returned%") == [
        ("25.00", "25.00", "0.00", "0.00", "none", "R-P1", "city", True)
    ]
    assert not {finding for _, finding in town.findings() if "return" in finding}


@pytest.mark.rule("R32")
def test_a_return_without_its_fee_is_found():
    town = PolicyTown()
    town.account()
    town.pay("P1", "2024-03-11", "mail check")
    town.give_back("P1", "2024-03-14")
    assert fees_of(town, *FEE) == [("25.00", "0.00", "0.00", "-25.00", "not_charged")]
    assert town.findings() == {("R-P1", "return_fee_missing")}


@pytest.mark.rule("R32")
def test_a_fee_of_another_amount_is_found_until_what_is_too_much_is_given_back():
    town = PolicyTown()
    for account in ("A", "B"):
        town.account(account)
        town.pay(f"P{account}", "2024-03-11", "mail check", account_id=account)
        town.give_back(f"P{account}", "2024-03-14")
        town.adjust(f"F{account}", "2024-03-14", "returned_payment_fee", "30.00", account)
    town.adjust("W", "2024-03-20", "fee_waiver", "-5.00", "B")
    assert fees_of(town, *FEE) == [
        ("25.00", "30.00", "0.00", "5.00", "wrong_amount"),
        ("25.00", "30.00", "5.00", "0.00", "corrected"),
    ]
    assert town.findings() == {("FA", "return_fee_wrong")}


@pytest.mark.rule("R32", "R94")
def test_each_fee_meets_its_own_return():
    """Two returns in January of which one is charged later, and in March a fee with no return before it."""
    town = PolicyTown()
    town.account()
    for payment, received, returned in (
        ("P1", "2024-01-08", "2024-01-10"),
        ("P2", "2024-01-09", "2024-01-12"),
    ):
        town.pay(payment, received, "mail check")
        town.give_back(payment, returned)
    town.adjust("F1", "2024-01-10", "returned_payment_fee", "25.00")
    town.adjust("F2", "2024-01-16", "returned_payment_fee", "25.00")
    town.adjust("F3", "2024-03-01", "returned_payment_fee", "25.00")
    assert fees_of(town, "adjustment_id", "return_id", "reason") == [
        ("F1", "R-P1", "none"),
        ("F2", "R-P2", "none"),
        ("F3", None, "no_return"),
    ]
    assert town.findings() == {("F3", "return_fee_without_return")}


@pytest.mark.rule("R32")
def test_two_late_fees_meet_two_returns():
    town = PolicyTown()
    town.account()
    for number, returned in enumerate(("2024-01-10", "2024-01-12")):
        town.pay(f"P{number}", "2024-01-08", "mail check")
        town.give_back(f"P{number}", returned)
    for number in range(2):
        town.adjust(f"F{number}", "2024-01-31", "returned_payment_fee", "25.00")
    assert Counter(fees_of(town, "reason")) == {("none",): 2}
    assert town.findings() == set()


@pytest.mark.rule("R94")
def test_a_declined_card_costs_nothing_and_is_no_returned_payment():
    """Whether the system posts and takes back the draft or never posts it."""
    town = PolicyTown()
    town.account("A", ("2020-01-01", {"autopay": "card"}))
    town.account("B", ("2020-01-01", {"autopay": "card"}))
    for number in range(3):
        town.pay(f"P{number}", f"2024-0{number + 1}-11", "autopay card")
        town.give_back(f"P{number}", f"2024-0{number + 1}-12", reason_code=None)
    town.adjust("F", "2024-03-12", "returned_payment_fee", "25.00", "B")
    assert fees_of(town, *FEE) == [("0.00", "25.00", "0.00", "25.00", "declined_card")]
    assert ("F", "fee_on_declined_card") in town.findings()
    returns = town.warehouse("fct_returned_payments").execute(
        "SELECT DISTINCT return_basis, is_returned_payment, returned_count, is_restricted, expected_fee_usd "
        "FROM marts.fct_returned_payments"
    )
    assert returns.fetchall() == [("declined_card", False, 0, False, Decimal("0.00"))]


@pytest.mark.rule("R32")
def test_a_banks_notification_of_change_is_no_return():
    town = PolicyTown()
    town.account()
    town.pay("P1", "2024-03-11", "autopay bank_draft")
    town.give_back("P1", "2024-03-14", reason_code="C01")
    assert fees_of(town, *FEE) == []


@pytest.mark.rule("R34")
def test_the_fee_is_owed_with_the_current_bill():
    """45.06 back and 25.00 for it: 70.06 is owed, and the fee falls due with the next bill."""
    town = PolicyTown()
    town.account()
    town.bill("B1", "2025-03-03", "2025-03-13", "45.06")
    town.pay("P1", "2025-03-10", "mail check")
    town.give_back("P1", "2025-03-12")
    town.adjust("F1", "2025-03-12", "returned_payment_fee", "25.00")
    town.bill("B2", "2025-04-03", "2025-04-13", "45.06")
    warehouse = town.warehouse("open_items_as_of")
    query = (
        "SELECT sum(open_usd), max(due_on) FILTER (posting_id = 'adjustment:F1') "
        "FROM marts.open_items_as_of($day)"
    )
    assert warehouse.execute(query, {"day": day("2025-03-24")}).fetchone() == (Decimal("70.06"), None)
    assert warehouse.execute(query, {"day": day("2025-04-03")}).fetchone() == (
        Decimal("115.12"),
        day("2025-04-13"),
    )


@pytest.mark.rule("R65")
def test_the_fee_of_a_returned_payment_stands_while_other_fees_are_waived():
    """Independence absorbs card fees in 2020; a check that comes back costs 25.00 all the same."""
    town = PolicyTown("independence")
    town.account()
    town.pay("P1", "2020-12-08", "walk_in check", posted_on="2020-12-28")
    town.give_back("P1", "2020-12-30")
    assert fees_of(town, *FEE) == [("25.00", "0.00", "0.00", "-25.00", "not_charged")]
    fallen = PolicyTown("independence", fees__returned_payment_stands_in_waivers="false")
    fallen.rows |= {table: town.rows[table] for table in ("accounts", "payments", "payment_returns")}
    fallen.adjust("F", "2020-12-30", "returned_payment_fee", "25.00")
    assert fees_of(fallen, *FEE, "waiver_event_id") == [
        ("0.00", "25.00", "0.00", "25.00", "waiver_not_honoured", "covid_card_fees")
    ]
    assert fallen.findings() == {("F", "return_fee_in_waiver")}


def _late_fee_rows(case_id: str) -> list[dict[str, str]]:
    with (CASES / "late_fee_and_returned_payment_events.csv").open(encoding="utf-8", newline="") as file:
        return [line for line in csv.DictReader(file) if line["case_id"] == case_id]


@pytest.mark.rule("R32")
def test_fees_by_tender_of_the_ledger_case():
    """`cases/ledger`: 30.00 for a check and 100.00 for an electronic one, posted on the day of the return."""
    town = PolicyTown(
        fees__returned_payment_usd="30.00",
        fees__returned_payment_tender_usd__bank_draft="100.00",
        payments__tenders__online="bank_draft",
        payments__returned_limit="9",
    )
    town.account()
    events = _late_fee_rows("pv_reject")
    for line in events:
        amount = line["amount"].removeprefix("-")
        match line["event"]:
            case "bill":
                due = str(day(line["date"]) + timedelta(days=14))
                town.bill(line["ref"], line["date"], due, amount)
            case "payment":
                electronic = line["ref"] in {"P2", "P4", "P7"}
                town.pay(
                    line["ref"], line["date"], "online bank_draft" if electronic else "mail check", amount
                )
            case "payment_reversal":
                town.give_back(line["ref"], line["date"], amount)
            case "nsf_fee":
                town.adjust(f"F-{line['ref']}", line["date"], "returned_payment_fee", amount)
    assert fees_of(town, "payment_id", "expected_usd", "charged_usd", "reason") == [
        ("P3", "30.00", "30.00", "none"),
        ("P4", "100.00", "100.00", "none"),
        ("P6", "30.00", "30.00", "none"),
        ("P7", "100.00", "100.00", "none"),
    ]
    with (CASES / "late_fee_and_returned_payment_expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [line for line in csv.DictReader(file) if line["case_id"] == "pv_reject"]
    warehouse = town.warehouse("fct_ledger")
    before = day("2000-01-01")
    for line in expected:
        as_of = day(line["as_of"])
        (balance,) = warehouse.execute(
            "SELECT sum(amount_usd) FROM marts.fct_ledger WHERE posted_on <= ?", [as_of]
        ).fetchone()
        (charged, back) = warehouse.execute(
            "SELECT coalesce(sum(amount_usd) FILTER (posting_kind = 'fee'), 0), "
            "coalesce(sum(amount_usd) FILTER (posting_kind = 'return'), 0) "
            "FROM marts.fct_ledger WHERE posted_on > ? AND posted_on <= ?", [before, as_of]
        ).fetchone()  # fmt: skip
        answer = (line["total_due"], line["nsf_this_bill"], line["reversals_this_bill"])
        assert (balance, charged, back) == tuple(map(Decimal, answer)), as_of
        before = as_of


# ---- Disconnection and restoration


@pytest.mark.rule("R44")
def test_a_restoration_costs_28_50_once():
    town = PolicyTown()
    for account in ("A", "B", "C"):
        town.account(account)
    for account, kind, on in (
        ("A", "disconnect", "2025-03-17"), ("A", "reconnect", "2025-03-19"),
        ("B", "disconnect", "2025-03-17"), ("B", "reconnect", "2025-03-19"),
    ):  # fmt: skip
        town.add("service_orders", order_id=f"{account}-{kind}", account_id=account, kind=kind, ordered_on=on,
                 effective_on=on)  # fmt: skip
    town.adjust("FA", "2025-03-18", "reconnect_fee", "28.50", "A")
    town.adjust("FA2", "2025-03-19", "reconnect_fee", "28.50", "A")
    town.adjust("FC", "2025-03-19", "reconnect_fee", "28.50", "C")
    assert fees_of(town, "account_id", "order_id", *FEE) == [
        ("A", "A-reconnect", "28.50", "28.50", "0.00", "0.00", "none"),
        ("A", None, "0.00", "28.50", "0.00", "28.50", "no_order"),
        ("C", None, "0.00", "28.50", "0.00", "28.50", "no_order"),
        ("B", "B-reconnect", "28.50", "0.00", "0.00", "-28.50", "not_charged"),
    ]
    assert town.findings() == {
        ("FA2", "service_fee_without_order"),
        ("FC", "service_fee_without_order"),
        ("B-reconnect", "service_fee_missing"),
    }


@pytest.mark.rule("R44")
def test_without_orders_nothing_is_said_of_fees_for_service():
    town = PolicyTown()
    town.account()
    town.adjust("F", "2025-03-18", "reconnect_fee", "28.50")
    assert fees_of(town, *FEE) == [(None, "28.50", "0.00", None, "not_delivered")]
    assert town.findings() == set()
