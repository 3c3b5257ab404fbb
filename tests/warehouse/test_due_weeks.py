"""Bills that fall due outside the week of their zone, by hand under Warrensburg's policy."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.policy_town import PolicyTown

FINDINGS = "int_billing__due_week_findings"
# Zone and due date, and whether that is another week.
DUE = {
    ("02", "2021-03-01"): False,  # week 1 is the 1st to the 7th, three days either way
    ("02", "2021-03-10"): False,
    ("02", "2021-03-11"): True,
    ("02", "2021-02-26"): False,  # three days before the 1st of March
    ("02", "2021-02-25"): True,
    ("03", "2021-03-05"): False,  # week 2: 8th to 14th
    ("03", "2021-03-04"): True,
    ("04", "2021-03-24"): False,  # week 3: 15th to 21st
    ("01", "2021-03-31"): False,  # week 4: 22nd to 28th
    ("01", "2021-04-01"): True,
    ("01", "2021-03-03"): False,  # three days after the 28th of February
}


def found(bills: dict[str, tuple[str, str, str]], **rules: str | None) -> dict[str, str]:
    """Bill to what is said of it; a bill is its zone, due date and kind."""
    town = PolicyTown(**rules)
    for bill_id, (group, due, kind) in bills.items():
        town.account(bill_id, billing_group=group)
        billed = str(date.fromisoformat(due) - timedelta(days=10))
        town.bill(bill_id, billed, due, "45.06", account_id=bill_id, kind=kind)
    with town.warehouse(FINDINGS) as connection:
        rows = connection.execute(f"SELECT * FROM intermediate.{FINDINGS}")
        names = [column[0] for column in rows.description]
        told = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    assert all((row["rule"], str(row["amount_usd"])) == ("R16", "45.06") for row in told)
    return {row["source_id"]: row["detail"] for row in told}


@pytest.mark.rule("R16")
def test_a_bill_falls_due_in_the_week_of_its_zone():
    bills = {f"{group} {due}": (group, due, "regular") for group, due in DUE}
    outside = {f"{group} {due}" for (group, due), is_other in DUE.items() if is_other}
    told = found(bills | {"final": ("03", "2021-03-24", "final"), "far": ("03", "2021-03-24", "regular")})
    assert set(told) == outside | {"far"}, "final bills are due whenever the account ends"
    sentence = "Due on 2021-03-24, 10 days from week 2 of the month, in which group 03 falls due."
    assert told["far"] == sentence


@pytest.mark.rule("R16")
@pytest.mark.parametrize("rule", [{"due_week__03": None}, {"due_week_tolerance_days": "10"}], ids=str)
def test_a_zone_without_a_week_and_a_wider_tolerance_accuse_nobody(rule):
    rules = {f"billing__{name}": value for name, value in rule.items()}
    assert found({"B1": ("03", "2021-03-24", "regular")}, **rules) == {}
