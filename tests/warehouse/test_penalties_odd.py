"""Penalties on odd and legal data: nothing delivered, shared dates, level payers, cancelled bills."""

from __future__ import annotations

import pytest

from tests.support.penalty_town import PenaltyTown, dollars
from tests.support.policy_town import PolicyTown


def judged(town: PenaltyTown, bill_id: str) -> tuple[str, bool]:
    row = town.penalty(bill_id)
    return row["reason"], row["is_error"]


@pytest.mark.rule("R27")
def test_a_city_that_delivers_no_adjustments_is_accused_of_nothing():
    town = PolicyTown()
    town.rows["loads"] = [load for load in town.rows["loads"] if load["entity"] != "adjustments"]
    town.account()
    town.bill("B3", "2025-03-03", "2025-03-13", "45.06")
    town.bill("B6", "2025-06-03", "2025-06-13", "45.06")
    found = town.warehouse("fct_penalties", "rpt_policy_findings").execute(
        "SELECT bill_id, expected_usd, reason, is_error FROM marts.fct_penalties"
    )
    assert [(bill, str(usd), *rest) for bill, usd, *rest in found.fetchall()] == [
        ("B3", "4.51", "not_delivered", False)
    ]
    assert not town.findings()


@pytest.mark.rule("R31")
def test_a_penalty_may_name_any_of_the_bills_that_share_its_penalty_date():
    town = PenaltyTown()
    town.month_bill(3, penalty_date="2025-04-24")
    town.month_bill(4)
    town.adjust("L", "2025-04-25", "penalty", "9.01", bill_id="B3")
    rows = town.penalties()
    assert set(rows) == {"B4"}
    assert dollars(rows["B4"], "base", "expected", "assessed") == ("90.12", "9.01", "9.01")
    assert rows["B4"]["reason"] == "none"


@pytest.mark.rule("R31")
def test_two_bills_with_one_penalty_date_and_a_penalty_each_are_more_than_one():
    town = PenaltyTown()
    town.month_bill(3, penalty_date="2025-04-24")
    town.month_bill(4)
    town.adjust("L3", "2025-04-25", "penalty", "9.01", bill_id="B3")
    town.adjust("L4", "2025-04-25", "penalty", "9.01", bill_id="B4")
    row = town.penalty("B4")
    assert (row["reason"], *dollars(row, "expected", "assessed", "difference")) == (
        "second_penalty", "9.01", "18.02", "9.01",
    )  # fmt: skip


@pytest.mark.rule("R31")
def test_the_penalty_of_a_bill_that_was_cancelled_in_time_is_found_there():
    town = PenaltyTown()
    town.month_bill(3)
    town.bill("C3", "2025-03-20", "2025-03-20", "-45.06", kind="cancel", cancels_bill_id="B3")
    town.bill("R3", "2025-03-20", "2025-03-30", "40.00", kind="rebill", penalty_date="2025-03-24")
    town.adjust("L", "2025-03-25", "penalty", "4.51", bill_id="B3")
    assert judged(town, "B3") == ("no_penalty_date", True)
    assert judged(town, "R3") == ("not_assessed", True)


@pytest.mark.rule("R50")
def test_a_dispute_of_a_bill_that_is_cancelled_takes_nothing_off_other_bills():
    town = PenaltyTown()
    town.month_bill(3)
    town.month_bill(4)
    town.add("disputes", dispute_id="D", account_id="A", bill_id="B3", filed_on="2025-03-10",
             level="collector", amount="45.06")  # fmt: skip
    town.bill("C3", "2025-03-20", "2025-03-20", "-45.06", kind="cancel", cancels_bill_id="B3")
    town.bill("R3", "2025-03-20", "2025-03-30", "30.00", kind="rebill")
    rows = town.penalties()
    assert dollars(rows["R3"], "base", "disputed", "expected") == ("75.06", "0.00", "7.51")
    assert dollars(rows["B4"], "base", "disputed", "expected") == ("75.06", "0.00", "7.51")


@pytest.mark.rule("R27")
def test_a_penalty_of_bills_before_the_data_is_no_breach():
    town = PenaltyTown()
    town.adjust("O", "2025-03-01", "opening_balance", "100.00", due_on="2025-02-10")
    town.adjust("L", "2025-03-02", "penalty", "10.00")
    town.month_bill(3)
    assert judged(town, "account:A") == ("before_data", False)


@pytest.mark.rule("R27")
def test_a_penalty_before_the_first_penalty_date_of_a_new_account_is_a_breach():
    town = PenaltyTown()
    town.account("N", opened_on="2025-03-10")
    town.month_bill(3)
    town.bill("N4", "2025-04-03", "2025-04-13", "45.06", account_id="N")
    town.adjust("L", "2025-04-10", "penalty", "4.51", account_id="N")
    assert judged(town, "account:N") == ("too_early", True)


@pytest.mark.rule("R27", "R80")
def test_who_pays_the_level_amount_in_time_bears_no_penalty_on_what_is_put_off():
    town = PenaltyTown()
    town.month_bill(1, "100.00", budget_amount="80.00")
    town.month_bill(2, "100.00", budget_amount="80.00")
    town.pay("P1", "2025-01-10", "mail check", "80.00")
    rows = town.penalties()
    assert dollars(rows["B1"], "open", "base", "policy") == ("0.00", "0.00", "0.00")
    # 80.00 of 20.00 + 100.00 fell due with the February bill
    assert str(rows["B2"]["open_at_penalty_usd"]) == "120.00"
    assert dollars(rows["B2"], "base", "expected") == ("80.00", "8.00")
