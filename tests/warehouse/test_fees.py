"""Fees by hand: returned payments, restorations, payers' fees by channel and tender, fees absorbed."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.policy_town import PolicyTown, day

CASES = Path(__file__).parents[1] / "cases" / "ledger"
FEE = ("expected_usd", "charged_usd", "waived_usd", "difference_usd", "reason")


def fees_of(town: PolicyTown, *columns: str, kind: str = "%") -> list[tuple]:
    """Rows of the fees of a kind; money as text."""
    query = f"SELECT {', '.join(columns)} FROM marts.fct_fees WHERE fee_kind LIKE $kind ORDER BY fee_id"
    rows = town.warehouse("fct_fees").execute(query, {"kind": kind}).fetchall()
    return [tuple(str(value) if isinstance(value, Decimal) else value for value in row) for row in rows]


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


# ---- Payers' fees


@pytest.mark.rule("R37")
def test_1800_online_payments_cost_their_payers_2250_dollars_and_the_city_gets_none():
    town = PolicyTown()
    town.account()
    for number in range(1800):
        town.pay(f"P{number}", "2024-05-13", "online card", customer_fee="1.25")
    warehouse = town.warehouse("fct_fees", "fct_ledger", "rpt_payment_channels")
    found = warehouse.execute(
        "SELECT count(*), sum(charged_usd), sum(expected_usd), sum(absorbed_usd), min(paid_to), "
        "max(paid_to), "
        "bool_or(is_receivable), bool_or(is_error) FROM marts.fct_fees"
    ).fetchone()
    assert found == (1800, Decimal("2250.00"), Decimal("2250.00"), 0, "processor", "processor", False, False)
    posted = warehouse.execute("SELECT DISTINCT posting_kind FROM marts.fct_ledger").fetchall()
    assert posted == [("payment",)]


@pytest.mark.rule("R38", "R39")
@pytest.mark.parametrize(
    ("way", "received", "fee", "paid_to"),
    [
        ("agent cash", "2024-05-13", "1.00", "agent"),
        ("agent bank_draft", "2024-05-13", "0.00", None),
        ("online card", "2024-05-13", "1.25", "processor"),
        ("walk_in card", "2024-05-13", "0.00", None),
        ("walk_in cash", "2024-05-13", "0.00", None),
        ("mail check", "2024-05-13", "0.00", None),
        ("drop_box check", "2024-05-13", "0.00", None),
        ("autopay card", "2024-05-13", "0.00", None),
        ("autopay bank_draft", "2024-05-13", "0.00", None),
        ("phone card", "2025-09-30", "0.00", None),
        ("phone card", "2025-10-01", "1.25", "processor"),  # the fee of the city's later page
    ],
)
def test_what_a_payer_is_charged_by_channel_tender_and_day(way, received, fee, paid_to):
    town = PolicyTown()
    town.account("A", ("2020-01-01", {"autopay": "card"}))
    town.pay("right", received, way, customer_fee=fee)
    town.pay("wrong", received, way, customer_fee="3.00")
    found = {row[0]: row[1:] for row in fees_of(town, "payment_id", *FEE, "paid_to")}
    difference = str(Decimal("3.00") - Decimal(fee))
    if fee == "0.00":
        assert {name: row[:-1] for name, row in found.items()} == {
            "wrong": ("0.00", "3.00", "0.00", difference, "not_due")
        }
    else:
        assert found["right"] == (fee, fee, "0.00", "0.00", "none", paid_to)
        assert found["wrong"] == (fee, "3.00", "0.00", difference, "wrong_amount", paid_to)
    code = "customer_fee_not_due" if fee == "0.00" else "customer_fee_wrong"
    assert ("wrong", code) in town.findings()
    assert ("right", code) not in town.findings()


@pytest.mark.rule("R37", "R38")
def test_a_fee_that_was_not_charged_is_found_and_one_that_is_not_delivered_is_not():
    town = PolicyTown()
    town.account()
    town.pay("P1", "2024-05-13", "online card", customer_fee="0.00")
    town.pay("P2", "2024-05-13", "agent cash", customer_fee=None)
    assert town.findings() == {("P1", "customer_fee_missing"), ("P2", "customer_fee_missing")}
    for row in town.rows["payments"]:
        row["customer_fee"] = None
    assert town.findings() == set()
    assert {row[1] for row in fees_of(town, "fee_kind", "reason")} == {"not_delivered"}


@pytest.mark.rule("R63")
def test_10000_waived_card_fees_cost_the_city_25000_dollars():
    town = PolicyTown("independence")
    town.account()
    for number in range(10_000):
        way = ("online card", "phone card", "walk_in card")[number % 3]
        town.pay(f"P{number}", "2021-01-31", way, processor_fee="2.50")
    warehouse = town.warehouse("fct_fees", "rpt_payment_channels", "rpt_policy_findings")
    found = warehouse.execute(
        "SELECT fee_kind, waiver_event_id, paid_to, reason, count(*), sum(expected_usd), sum(charged_usd), "
        "sum(waived_usd), sum(absorbed_usd) FROM marts.fct_fees GROUP BY ALL"
    ).fetchall()
    assert found == [
        ("absorbed_fee", "covid_card_fees", "processor", "none", 10_000, 0, 0, Decimal("25000.00"),
         Decimal("25000.00"))
    ]  # fmt: skip
    monthly = warehouse.execute(
        "SELECT sum(absorbed_fee_usd), sum(absorbed_count), sum(customer_fee_usd), sum(expected_fee_usd) "
        "FROM marts.rpt_payment_channels"
    ).fetchone()
    assert monthly == (Decimal("25000.00"), 10_000, 0, 0)
    assert warehouse.execute("SELECT count(*) FROM marts.rpt_policy_findings").fetchone() == (0,)


@pytest.mark.rule("R63")
def test_a_waiver_holds_in_its_channels_from_its_first_day_on():
    town = PolicyTown("independence")
    town.account("A", ("2010-01-01", {"autopay": "card"}))
    for name, received, way, fee in (
        ("before", "2020-03-12", "online card", "2.50"),
        ("first day", "2020-03-13", "online card", "0.00"),
        ("not honoured", "2020-03-13", "phone card", "2.50"),
        ("partly", "2020-03-13", "walk_in card", "1.00"),
        ("draft", "2020-03-13", "autopay card", "0.00"),
    ):
        town.pay(name, received, way, customer_fee=fee)
    found = {row[0]: row[1:] for row in fees_of(town, "payment_id", *FEE, "absorbed_usd")}
    assert found == {
        "before": ("2.50", "2.50", "0.00", "0.00", "none", "0.00"),
        # no processor's fee is delivered, so the policy's stands for it
        "first day": ("0.00", "0.00", "2.50", "0.00", "none", "2.50"),
        "not honoured": ("0.00", "2.50", "0.00", "2.50", "waiver_not_honoured", "0.00"),
        "partly": ("0.00", "1.00", "1.50", "1.00", "waiver_not_honoured", "1.50"),
    }
    assert town.findings() == {
        ("not honoured", "customer_fee_in_waiver"),
        ("partly", "customer_fee_in_waiver"),
    }


@pytest.mark.rule("R63")
def test_a_waiver_for_some_classes_leaves_the_others_and_the_latest_version_counts():
    town = PolicyTown("independence")
    town.rows["policy_events"] = []
    for known, classes in (("2024-01-01", "residential,commercial"), ("2024-02-01", "commercial")):
        town.add("policy_events", event_id="small shops", kind="fee_waiver", title="Shops", cause="A fair",
                 customer_classes=classes, channels="online", starts_on="2024-01-01", ends_on="2024-01-31",
                 known_on=known, is_assumed=False)  # fmt: skip
    town.account("home")
    town.account("shop", customer_class="commercial")
    for account in ("home", "shop"):
        town.pay(f"{account} in", "2024-01-31", "online card", account_id=account, customer_fee="2.50")
        town.pay(f"{account} after", "2024-02-01", "online card", account_id=account, customer_fee="2.50")
    assert set(fees_of(town, "payment_id", "waiver_event_id", "reason")) == {
        ("home in", None, "none"),
        ("home after", None, "none"),
        ("shop in", "small shops", "waiver_not_honoured"),
        ("shop after", None, "none"),
    }


def test_a_fee_given_back_stands_at_its_fee_and_a_waiver_without_one_by_itself():
    town = PolicyTown("independence")
    town.account()
    town.account("B")
    town.add("service_orders", order_id="D", account_id="A", kind="disconnect", ordered_on="2024-01-08")
    town.add("service_orders", order_id="R", account_id="A", kind="reconnect", ordered_on="2024-01-09")
    town.adjust("F", "2024-01-09", "reconnect_fee", "25.00")
    town.adjust("W", "2024-01-15", "fee_waiver", "-25.00", event_id="covid_card_fees")
    town.adjust("X", "2024-01-15", "fee_waiver", "-25.00", "B")
    assert fees_of(town, "adjustment_id", "fee_kind", *FEE, "waiver_event_id") == [
        ("F", "reconnect_fee", "25.00", "25.00", "25.00", "0.00", "none", "covid_card_fees"),
        ("X", "fee_waiver", "0.00", "0.00", "25.00", "0.00", "waiver_without_fee", None),
    ]
    assert town.findings() == set()
