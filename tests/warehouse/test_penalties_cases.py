"""Penalties by policy: the known cases, and edges worked out by hand (docs/penalties.md)."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest

from tests.support.penalty_town import PenaltyTown, dollars
from tests.support.policy_town import day

CASE_LINES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "penalties.csv").open()))
CASES = {name: list(lines) for name, lines in groupby(CASE_LINES, key=lambda line: line["case"])}
MODES = ("simple", "once_per_bill")


# ---- The known cases


def case_town(name: str, lines: list[dict[str, str]]) -> PenaltyTown:
    mode = next((mode for mode in MODES if name.endswith(mode)), "compounding")
    town = PenaltyTown(penalty__compounding=mode)
    for line in lines:
        month = int(line["month"])
        town.month_bill(month, line["charge_usd"])
        penalty_on = date(2025, month, 24)
        if Decimal(line["fee_usd"]):
            town.pay("bounced", f"2025-0{month}-07", "mail check", line["charge_usd"])
            town.give_back("bounced", f"2025-0{month}-12", line["charge_usd"])
            town.adjust(f"F{month}", f"2025-0{month}-12", "returned_payment_fee", line["fee_usd"])
        if Decimal(line["paid_usd"]):
            # by day 21 it is in time, whenever it is posted
            received = penalty_on + timedelta(days=1 if name.endswith("day_22") else 0)
            town.pay(
                f"P{month}",
                str(received),
                "mail check",
                line["paid_usd"],
                posted_on=str(penalty_on + timedelta(days=1)),
            )
        if Decimal(line["penalty_usd"]):
            town.adjust(f"L{month}", str(penalty_on + timedelta(days=1)), "penalty", line["penalty_usd"])
    return town


@pytest.mark.rule("R19", "R20", "R21", "R27", "R28", "R29", "R30", "R34", "R41")
@pytest.mark.parametrize("name", CASES)
def test_known_answers(name):
    town = case_town(name, CASES[name])
    connection = town.warehouse("fct_penalties", "fct_ledger")
    for line in CASES[name]:
        month = int(line["month"])
        found = connection.execute(
            "SELECT penalty_on, assess_on, base_usd, policy_usd, expected_usd, assessed_usd, difference_usd, "
            "reason FROM marts.fct_penalties WHERE bill_id = $bill",
            {"bill": f"B{month}"},
        ).fetchone()
        penalty_on, base, penalty = (
            date(2025, month, 24),
            Decimal(line["penalty_base_usd"]),
            Decimal(line["penalty_usd"]),
        )
        zero = Decimal("0.00")
        assert found == (
            penalty_on,
            penalty_on + timedelta(days=1),
            base,
            penalty,
            penalty,
            penalty,
            zero,
            "none",
        )
        balance = connection.execute(
            "SELECT sum(amount_usd) FROM marts.fct_ledger WHERE account_id = 'A' AND posted_on <= $day",
            {"day": penalty_on + timedelta(days=1)},
        ).fetchone()[0]
        assert balance == Decimal(line["balance_usd"])


# ---- When and on what


@pytest.mark.rule("R20", "R21", "R66")
@pytest.mark.parametrize(
    ("received", "posted", "rules", "base"),
    [
        ("2025-03-24", "2025-03-28", {}, "0.00"),
        ("2025-03-25", "2025-03-28", {}, "45.06"),
        ("2025-03-24", "2025-03-28", {"penalty__timely_by": "posted_on"}, "45.06"),
        ("2025-03-24", "2025-03-24", {"penalty__timely_by": "posted_on"}, "0.00"),
        ("2025-03-24", "2025-03-28", {"penalty__paid_on_penalty_date_is_timely": "false"}, "45.06"),
        ("2025-03-23", "2025-03-28", {"penalty__paid_on_penalty_date_is_timely": "false"}, "0.00"),
    ],
)
def test_received_in_time_is_in_time(received, posted, rules, base):
    town = PenaltyTown(**rules)
    town.month_bill(3)
    town.pay("P1", received, "mail check", posted_on=posted)
    row = town.penalty()
    assert str(row["base_usd"]) == base
    assert str(row["open_at_penalty_usd"]) == base


@pytest.mark.rule("R23")
@pytest.mark.parametrize(
    ("rolls", "penalty_on"), [("none", "2024-12-25"), ("next_business_day", "2024-12-26")]
)
def test_a_penalty_date_rolls_only_where_policy_says_so(rolls, penalty_on):
    town = PenaltyTown(penalty__rolls=rolls)
    town.rows["policy_holidays"] = []
    town.add("policy_holidays", holiday_on="2024-12-25", title="Christmas Day")
    town.bill("B1", "2024-12-04", "2024-12-14", "45.06")
    assert town.penalty("B1")["penalty_on"] == day(penalty_on)


@pytest.mark.rule("R61")
@pytest.mark.parametrize(("moves", "penalty_on"), [("true", "2025-04-03"), ("false", "2025-03-24")])
def test_an_extended_due_date_moves_the_penalty_date_that_is_not_printed(moves, penalty_on):
    town = PenaltyTown(penalty__moves_with_extended_due_date=moves)
    town.add("policy_events", event_id="longer", kind="due_date_extension", title="", cause="",
             starts_on="2025-03-01", ends_on="2025-03-31", known_on="2025-03-02", extension_days=10,
             is_printed_on_bill=False)  # fmt: skip
    town.month_bill(3)
    town.bill("B4", "2025-03-05", "2025-03-15", "1.00", penalty_date="2025-03-28")
    rows = town.penalties()
    assert rows["B3"]["penalty_on"] == day(penalty_on)
    assert rows["B4"]["penalty_on"] == day("2025-03-28")


@pytest.mark.rule("R31")
def test_one_penalty_an_account_and_penalty_date_and_none_for_a_cancelled_bill():
    town = PenaltyTown()
    town.bill("B1", "2025-03-03", "2025-03-13", "10.00")
    town.bill("B2", "2025-03-03", "2025-03-13", "20.00")
    town.bill("B3", "2025-04-03", "2025-04-13", "40.00")
    town.bill("C3", "2025-04-10", "2025-04-10", "-40.00", kind="cancel", cancels_bill_id="B3")
    town.bill("R3", "2025-04-10", "2025-04-20", "30.00", kind="rebill")
    rows = town.penalties()
    assert set(rows) == {"B2", "R3"}
    assert dollars(rows["B2"], "base", "policy") == ("30.00", "3.00")
    assert dollars(rows["R3"], "base", "policy") == ("60.00", "6.00")


@pytest.mark.rule("R27", "R30")
@pytest.mark.parametrize(
    ("rules", "base", "penalty"),
    [
        ({"penalty__base": "past_due"}, "45.06", "4.51"),
        ({"penalty__base": "bill"}, "45.06", "4.51"),
        ({"penalty__kind": "flat", "penalty__flat_usd": "7.50"}, "90.12", "7.50"),
        ({"penalty__minimum_usd": "10.00"}, "90.12", "10.00"),
        ({"penalty__base_floor_usd": "90.12"}, "90.12", "0.00"),
        ({"penalty__base_floor_usd": "90.11"}, "90.12", "9.01"),
        ({"penalty__customer_classes": "commercial"}, "90.12", "0.00"),
        ({}, "90.12", "9.01"),
    ],
)
def test_bases_kinds_and_limits(rules, base, penalty):
    """A bill of 3 March, and another of 20 March that is not due yet on the 24th."""
    town = PenaltyTown(**rules)
    town.month_bill(3)
    town.bill("B4", "2025-03-20", "2025-03-30", "45.06")
    assert dollars(town.penalty(), "base", "policy", "expected") == (base, penalty, penalty)


@pytest.mark.rule("R20")
def test_with_the_next_bill():
    town = PenaltyTown(penalty__assessed="next_bill", until="2025-04-20")
    town.month_bill(3)
    town.month_bill(4, "0.00")
    town.month_bill(5, "0.00")
    town.adjust("L", "2025-04-03", "penalty", "4.51", bill_id="B3")
    row = town.penalty()
    assert (row["assess_on"], row["reason"], str(row["policy_usd"])) == (day("2025-04-03"), "none", "4.51")
    late = PenaltyTown(penalty__assessed="next_bill", until="2025-04-20")
    late.month_bill(3)
    row = late.penalty()
    assert (row["assess_on"], row["reason"], row["is_error"]) == (None, "not_yet", False)


# ---- Returns


@pytest.mark.rule("R35", "R31")
@pytest.mark.parametrize("named", [None, "B3"])
def test_a_return_after_the_penalty_date_brings_the_penalty_on_its_day(named):
    town = PenaltyTown()
    town.month_bill(3)
    town.pay("P1", "2025-03-10", "mail check", bill_id=named)
    town.give_back("P1", "2025-03-28")
    town.adjust("F1", "2025-03-28", "returned_payment_fee", "25.00")
    row = town.penalty()
    assert dollars(row, "base", "expected", "assessed", "difference") == ("45.06", "4.51", "0.00", "-4.51")
    assert (row["assess_on"], row["reason"], row["is_error"]) == (day("2025-03-28"), "late_return", True)
    town.adjust("L1", "2025-03-28", "penalty", "4.51")
    assert town.penalty()["reason"] == "none"


@pytest.mark.rule("R35")
def test_a_return_before_the_penalty_date_or_after_the_next_one_is_nothing_special():
    town = PenaltyTown()
    town.month_bill(3)
    town.month_bill(4)
    town.pay("P1", "2025-03-10", "mail check")
    town.give_back("P1", "2025-04-24")
    rows = town.penalties()
    assert dollars(rows["B3"], "base", "policy") == ("0.00", "0.00")
    assert dollars(rows["B4"], "base", "policy") == ("90.12", "9.01")


@pytest.mark.rule("R35", "R31")
def test_a_bill_that_had_its_penalty_has_no_other_on_a_return():
    town = PenaltyTown()
    town.month_bill(3)
    town.pay("P1", "2025-03-10", "mail check", "20.00")
    town.give_back("P1", "2025-03-28", "20.00")
    row = town.penalty()
    assert dollars(row, "base", "policy") == ("25.06", "2.51")
    assert row["assess_on"] == day("2025-03-25")
