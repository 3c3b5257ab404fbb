"""When what is owed is late, and what a credit does to the next bill: worked out by hand."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.case_rows import Case
from tests.support.settlement_warehouse import aging, settlement_warehouse

CASES = {
    row["case"]: row
    for row in csv.DictReader((Path(__file__).parents[1] / "cases" / "refunds_and_assistance.csv").open())
}
EXTENSION = {
    "event_id": "longer", "kind": "due_date_extension", "starts_on": "2020-12-07", "ends_on": "2021-02-28",
    "extension_days": 14,
}  # fmt: skip


def late_on(day: date, billed_on: date, due_on: date, **event: object) -> Decimal:
    """What of a bill of 100.00 is late on a day under the extension."""
    case = Case("A")
    case.bill("B1", billed_on, due_on, "water", Decimal("100.00"))
    rows = case.rows | {"policy_events": [EXTENSION | event]}
    (ages,) = aging(settlement_warehouse(rows), day)["A"].values()
    return ages["total_usd"] - ages["not_yet_due_usd"]


@pytest.mark.rule("R61")
@pytest.mark.parametrize(
    ("day", "known_on", "is_printed", "late"),
    [
        ("2021-02-18", "2020-12-28", False, "0.00"),  # due on 4 February, extended to the 18th
        ("2021-02-19", "2020-12-28", False, "100.00"),
        ("2021-02-05", "2021-01-09", False, "100.00"),  # announced after the bill of 8 January
        ("2021-02-05", "2020-12-28", True, "100.00"),  # the due date on the bill has it already
    ],
)
def test_an_extension_moves_the_due_date_that_age_counts_from(day, known_on, is_printed, late):
    found = late_on(
        date.fromisoformat(day), date(2021, 1, 8), date(2021, 2, 4),
        known_on=known_on, is_printed_on_bill=is_printed,
    )  # fmt: skip
    assert found == Decimal(late)


@pytest.mark.rule("R41", "R64")
@pytest.mark.parametrize("name", ["credit_applies", "advance_payment"])
def test_credit_goes_toward_the_next_bill(name):
    """The cases' credit stands unapplied and in no age, until the bill takes it up."""
    credit, bill = (Decimal(number) for number in re.findall(r"\d+\.\d\d", CASES[name]["input"]))
    case = Case("A")
    case.pay("P1", date(2020, 12, 20), credit)
    case.bill("B1", date(2021, 1, 8), date(2021, 2, 4), "water", bill)
    warehouse = settlement_warehouse(case.rows)
    (before,) = aging(warehouse, date(2021, 1, 7))["A"].values()
    assert (before["unapplied_usd"], before["total_usd"]) == (credit, -credit)
    assert sum(before.values()) == 0, "no age holds any of it"
    (after,) = aging(warehouse, date(2021, 2, 10))["A"].values()
    assert after["d1_30_usd"] == after["total_usd"] == Decimal(CASES[name]["expected"])
    assert after["unapplied_usd"] == 0
