"""Penalties that waivers, agreements and disputes stop, and what became of those charged, by hand."""

from __future__ import annotations

import pytest

from tests.support.penalty_town import PenaltyTown, dollars, waiver
from tests.support.policy_town import day


@pytest.mark.rule("R28", "R60")
def test_shadow_penalties_compound():
    """4.51; 10 % of 90.12 + 4.51 = 9.46; 10 % of 135.18 + 13.97 = 14.92. Then the waiver ends."""
    town = PenaltyTown()
    waiver(town, "2025-03-01", "2025-05-31")
    for month in (3, 4, 5, 6):
        town.month_bill(month)
    rows = town.penalties()
    assert [dollars(rows[f"B{month}"], "expected", "shadow_base", "shadow") for month in (3, 4, 5, 6)] == [
        ("0.00", "45.06", "4.51"),
        ("0.00", "94.63", "9.46"),
        ("0.00", "149.15", "14.92"),
        ("18.02", "0.00", "0.00"),
    ]
    assert [rows[f"B{month}"]["is_waived"] for month in (3, 6)] == [True, False]
    assert rows["B3"]["waiver_event_id"] == "waived"


@pytest.mark.rule("R28", "R60")
def test_what_is_overpaid_covers_shadow_penalties():
    """After 4.51 of March 47.06 is paid for April: credit of 2.00 leaves 2.51 of it, 10 % is 0.25."""
    town = PenaltyTown()
    waiver(town, "2025-03-01", None)
    town.month_bill(3)
    town.month_bill(4)
    town.pay("P1", "2025-04-10", "mail check", "92.12")
    rows = town.penalties()
    assert dollars(rows["B3"], "shadow") == ("4.51",)
    assert dollars(rows["B4"], "base", "shadow_base", "shadow") == ("0.00", "2.51", "0.25")


@pytest.mark.rule("R60")
def test_a_waiver_covers_the_day_of_assessment():
    """Penalty date 24 March, assessed on the 25th: from the 25th it is waived, to the 24th it is not."""
    for starts, ends, expected in [("2025-03-25", None, "0.00"), ("2025-02-01", "2025-03-24", "4.51")]:
        town = PenaltyTown()
        waiver(town, starts, ends)
        town.month_bill(3)
        assert dollars(town.penalty(), "policy", "expected") == ("4.51", expected)


@pytest.mark.rule("R60", "R62")
def test_the_latest_version_of_a_waiver_counts_and_its_classes():
    town = PenaltyTown()
    waiver(town, "2025-03-01", "2025-05-31")
    waiver(town, "2025-03-01", "2025-03-10", known_on="2025-03-05")
    waiver(town, "2025-03-01", None, event_id="shops", customer_classes="commercial")
    town.month_bill(3)
    assert dollars(town.penalty(), "expected", "shadow") == ("4.51", "0.00")


@pytest.mark.rule("R60", "R78")
def test_a_waiver_for_one_service_covers_its_part_of_the_base():
    """100.00 electric, 50.00 water past due at 5 %: water waived leaves 5.00 of 7.50."""
    town = PenaltyTown("independence")
    town.bill("B3", "2025-03-03", "2025-03-30", "0.00", penalty_date="2025-04-03")
    for service, amount in (("electric", "100.00"), ("water", "50.00")):
        town.add(
            "charges",
            charge_id=service,
            bill_id="B3",
            account_id="A",
            amount=amount,
            service=service,
            charge_code="volume",
        )
    waiver(town, "2025-03-01", "2025-12-31", services="water,trash")
    assert dollars(town.penalty(), "base", "policy", "expected", "shadow") == (
        "150.00",
        "7.50",
        "5.00",
        "2.50",
    )


@pytest.mark.rule("R65")
def test_a_draft_that_could_not_be_run_bears_none():
    town = PenaltyTown("independence")
    town.rows["accounts"][0]["autopay"] = "bank"
    town.bill("B3", "2020-11-12", "2020-12-09", "45.06", penalty_date="2020-12-13")
    town.bill("B4", "2020-10-12", "2020-11-08", "45.06", penalty_date="2020-11-12")
    rows = town.penalties()
    assert dollars(rows["B4"], "policy") == ("2.25",)
    assert dollars(rows["B3"], "base", "policy", "shadow") == ("90.12", "0.00", "0.00")


# ---- Agreements and disputes


@pytest.mark.rule("R46", "R48")
def test_a_kept_agreement_puts_off_what_is_not_due_yet():
    town = PenaltyTown()
    town.month_bill(2)
    town.add("agreements", agreement_id="K", account_id="A", signed_on="2025-02-20", kind="hardship",
             amount="45.06", ends_on="2025-04-20")  # fmt: skip
    for number, due in enumerate(("2025-03-20", "2025-04-20"), start=1):
        town.add(
            "agreement_installments", agreement_id="K", installment_no=number, due_on=due, amount="22.53"
        )
    town.month_bill(3)
    town.pay("P1", "2025-03-20", "mail check", "22.53")
    rows = town.penalties()
    assert dollars(rows["B2"], "base", "agreed", "policy") == ("0.00", "45.06", "0.00")
    assert dollars(rows["B3"], "base", "agreed", "policy") == ("45.06", "22.53", "4.51")


@pytest.mark.rule("R49", "R50")
def test_a_dispute_takes_its_part_off_until_it_is_decided():
    town = PenaltyTown()
    town.month_bill(3)
    town.month_bill(4, "10.00")
    town.add("disputes", dispute_id="D", account_id="A", bill_id="B3", filed_on="2025-03-10",
             level="collector", amount="15.00", decided_on="2025-04-24", outcome="denied")  # fmt: skip
    rows = town.penalties()
    assert dollars(rows["B3"], "base", "disputed", "policy") == ("30.06", "15.00", "3.01")
    assert dollars(rows["B4"], "base", "disputed", "policy") == ("55.06", "0.00", "5.51")


# ---- What was charged


@pytest.mark.rule("R31")
def test_each_penalty_stands_with_one_bill_and_what_became_of_it_adds_up():
    town = PenaltyTown()
    town.adjust("early", "2025-01-05", "penalty", "1.00")
    town.month_bill(3)
    town.month_bill(4)
    town.adjust("L3", "2025-03-25", "penalty", "4.51", bill_id="B3")
    town.adjust("L3b", "2025-04-02", "penalty", "2.00")
    town.adjust("W3", "2025-04-05", "penalty_waiver", "-2.00", bill_id="B3")
    town.pay("P1", "2025-04-20", "mail check", "48.00")
    town.adjust("X", "2025-06-01", "write_off", "-0.50")
    rows = town.penalties()
    assert set(rows) == {"account:A", "B3", "B4"}
    assert (rows["account:A"]["reason"], *dollars(rows["account:A"], "assessed")) == ("before_data", "1.00")
    # 46.06 and 6.51 were owed before April's bill; 2.00 waived, 48.00 paid: what is left of them is 2.57
    assert dollars(rows["B3"], "assessed", "waived_courtesy", "written_off") == ("6.51", "2.00", "0.50")
    assert (rows["B3"]["reason"], rows["B3"]["assessed_on"]) == ("second_penalty", day("2025-03-25"))
    for row in rows.values():
        parts = ("collected", "waived_event", "waived_courtesy", "written_off", "open")
        assert sum(row[f"{name}_usd"] for name in parts) == row["assessed_usd"]


@pytest.mark.rule("R60")
@pytest.mark.parametrize(
    ("adjustments", "reason"),
    [
        ([("penalty", "4.51", None), ("penalty_waiver", "-4.51", "waived")], "none"),
        ([("penalty", "4.51", None)], "in_waiver"),
        ([], "none"),
        ([("penalty", "4.51", None), ("penalty_waiver", "-4.51", None)], "in_waiver"),
    ],
)
def test_in_a_waiver_nothing_stands(adjustments, reason):
    """A courtesy is not the waiver that the event asks for."""
    town = PenaltyTown()
    waiver(town, "2025-03-01", None)
    town.month_bill(3)
    for number, (kind, amount, event_id) in enumerate(adjustments):
        town.adjust(f"L{number}", "2025-03-25", kind, amount, bill_id="B3", event_id=event_id)
    row = town.penalty()
    assert (row["reason"], row["is_error"], str(row["shadow_usd"])) == (reason, reason != "none", "4.51")


@pytest.mark.rule("R27")
def test_revenue_stands_in_its_month_class_and_service():
    town = PenaltyTown()
    town.month_bill(3)
    town.month_bill(4)
    town.adjust("L3", "2025-03-25", "penalty", "4.51", bill_id="B3", service="sewer")
    town.adjust("L4", "2025-04-25", "penalty", "9.46", bill_id="B4", service="sewer")
    town.adjust("W4", "2025-05-02", "penalty_waiver", "-9.46", bill_id="B4", service="sewer")
    town.pay("P1", "2025-06-10", "mail check", "94.63")
    found = town.warehouse("rpt_penalty_revenue").execute(
        "SELECT month_end_on, customer_class, service, assessed_usd, waived_courtesy_usd, collected_usd, "
        "open_usd, expected_usd, penalty_count FROM marts.rpt_penalty_revenue ORDER BY month_end_on"
    )
    assert [(row[0], *map(str, row[1:])) for row in found.fetchall()] == [
        (day("2025-03-31"), "residential", "sewer", "4.51", "0.00", "4.51", "0.00", "4.51", "1"),
        (day("2025-04-30"), "residential", "sewer", "9.46", "9.46", "0.00", "0.00", "9.46", "1"),
    ]


@pytest.mark.rule("R27", "R28", "R35", "R60")
def test_the_account_of_the_docs():
    """docs/penalties.md, "One account"."""
    town = PenaltyTown()
    waiver(town, "2025-05-01", "2025-06-30")
    for month in (3, 4, 5, 6, 7):
        town.month_bill(month)
    town.adjust("L3", "2025-03-25", "penalty", "4.51", bill_id="B3")
    town.adjust("L4", "2025-04-25", "penalty", "9.46", bill_id="B4")
    town.pay("P1", "2025-07-10", "mail check", "239.27")
    town.give_back("P1", "2025-07-28", "239.27")
    town.adjust("F1", "2025-07-28", "returned_payment_fee", "25.00")
    town.adjust("L7", "2025-07-28", "penalty", "23.93", bill_id="B7")
    rows = town.penalties()
    columns = ("open_at_penalty_usd", "base_usd", "expected_usd", "shadow_base_usd", "shadow_usd")
    assert {name: tuple(str(row[column]) for column in columns) for name, row in rows.items()} == {
        "B3": ("45.06", "45.06", "4.51", "0.00", "0.00"),
        "B4": ("94.63", "94.63", "9.46", "0.00", "0.00"),
        "B5": ("149.15", "149.15", "0.00", "149.15", "14.92"),
        "B6": ("194.21", "194.21", "0.00", "209.13", "20.91"),
        "B7": ("0.00", "239.27", "23.93", "0.00", "0.00"),
    }
    assert {row["reason"] for row in rows.values()} == {"none"}


@pytest.mark.rule("R31")
def test_a_penalty_that_names_another_accounts_bill_or_a_cancelled_one():
    town = PenaltyTown()
    town.month_bill(3)
    town.account("B")
    town.bill("BB", "2025-03-03", "2025-03-13", "45.06", account_id="B")
    town.bill("X", "2025-04-03", "2025-04-13", "10.00")
    town.bill("CX", "2025-04-05", "2025-04-05", "-10.00", kind="cancel", cancels_bill_id="X")
    town.adjust("L1", "2025-03-25", "penalty", "4.51", bill_id="BB")
    town.adjust("L2", "2025-03-25", "penalty", "4.51", bill_id="BB", account_id="B")
    town.adjust("L3", "2025-04-25", "penalty", "1.00", bill_id="X")
    rows = town.penalties()
    assert {
        name: (row["account_id"], str(row["assessed_usd"]), row["reason"]) for name, row in rows.items()
    } == {
        "B3": ("A", "4.51", "none"),
        "BB": ("B", "4.51", "none"),
        "X": ("A", "1.00", "no_penalty_date"),
    }


@pytest.mark.rule("R27")
def test_without_adjustments_nobody_knows_what_was_charged():
    """The four required entities alone: 4.51 is due by policy, and nothing says that it was not charged."""
    town = PenaltyTown()
    town.month_bill(3)
    assert (town.penalty()["reason"], town.penalty()["is_error"]) == ("not_assessed", True)
    town.rows["loads"] = [row for row in town.rows["loads"] if row["entity"] != "adjustments"]
    row = town.penalty()
    assert (row["reason"], row["is_error"], *dollars(row, "expected", "assessed")) == (
        "not_delivered", False, "4.51", "0.00",
    )  # fmt: skip
