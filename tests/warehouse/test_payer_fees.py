"""Fees by hand: what payers are charged by channel and tender, and what the city pays for them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.fees import FEE, fees_of
from tests.support.policy_town import PolicyTown

CASES = Path(__file__).parents[1] / "cases" / "ledger"


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
