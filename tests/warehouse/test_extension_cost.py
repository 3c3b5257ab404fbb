"""What it would cost to extend a waiver, by hand: days that have passed, and days to come."""

from __future__ import annotations

import calendar
from decimal import Decimal

import duckdb
import pytest

from tests.support.policy_town import PolicyTown

AS_OF = "2025-04-30"
WAIVER = ("2025-01-01", "2025-02-28")


def town(**more: object) -> PolicyTown:
    """Penalties of $1.00 a day in the warm half year and $2.00 in the cold, once a month.

    June 2024 had half of it and September 2024 twice.

    Then a waiver of two months, and penalties of 5.00 and 30.00.
    """
    found = PolicyTown("warrensburg")
    found.rows["policy_events"].clear()
    found.account()
    found.account("Z")
    found.adjust("first", "2023-01-05", "other_charge", "1.00", account_id="Z")
    found.adjust("last", AS_OF, "other_charge", "1.00", account_id="Z")
    for number in range(2023 * 12 + 3, 2025 * 12):
        year, month = number // 12, number % 12 + 1
        days = calendar.monthrange(year, month)[1]
        rate = Decimal(1) if 5 <= month <= 10 else Decimal(2)
        rate *= {(2024, 6): Decimal("0.5"), (2024, 9): Decimal(2)}.get((year, month), 1)
        found.adjust(f"P{number}", f"{year}-{month:02}-25", "penalty", str(rate * days))
    found.adjust("march", "2025-03-25", "penalty", "5.00")
    found.adjust("april", "2025-04-25", "penalty", "30.00")
    event(found, *WAIVER, **more)
    return found


def event(of: PolicyTown, starts: str, ends: str | None, event_id: str = "waiver", **more: object) -> None:
    row = {"kind": "penalty_waiver", "title": "", "cause": "", "known_on": starts}
    of.add("policy_events", event_id=event_id, starts_on=starts, ends_on=ends, **{**row, **more})


def built(of: PolicyTown) -> duckdb.DuckDBPyConnection:
    return of.warehouse("extension_cost_of")


def cost(warehouse: duckdb.DuckDBPyConnection, until: str, *names: str) -> list[tuple[str, ...]]:
    """Columns of the answer as text, by episode and component."""
    chosen = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
    query = (
        f"SELECT {chosen} FROM marts.extension_cost_of(CAST($until AS DATE)) ORDER BY episode_id, component"
    )
    return warehouse.execute(query, {"until": until}).fetchall()


RANGE = ("low_usd", "central_usd", "high_usd", "charged_usd", "expected_usd")


@pytest.mark.rule("R60", "R66")
def test_days_that_have_passed_cost_what_was_charged_and_days_to_come_what_clean_months_bring():
    """Warm: 322 dollars in 307 days of ten months, 1.048860 a day; cold: 2.00 a day.

    Clean are the months from July 2023, six after the first of the data, to the waiver.
    """
    warehouse = built(town())
    days = ("from_on", "passed_days", "to_come_days")
    assert cost(warehouse, "2025-04-24", *RANGE, *days) == [
        ("5.00", "5.00", "5.00", "5.00", "0.00", "2025-03-01", "55", "0")
    ]
    assert cost(warehouse, AS_OF, *RANGE) == [("35.00", "35.00", "35.00", "35.00", "0.00")]
    assert cost(warehouse, "2025-05-10", *RANGE, *days) == [
        ("40.00", "45.49", "55.00", "35.00", "10.49", "2025-03-01", "61", "10")
    ]
    # 184 warm days and two cold ones
    assert cost(warehouse, "2025-11-02", *RANGE) == [("131.00", "231.99", "407.00", "35.00", "196.99")]


def test_a_waiver_that_has_not_ended_by_then_has_no_row():
    warehouse = built(town())
    assert cost(warehouse, "2025-02-28", "central_usd") == []
    assert cost(warehouse, "2025-03-01", "central_usd") == [("0.00",)]


@pytest.mark.rule("R66")
def test_until_further_notice_is_extended_from_the_as_of_date():
    """Nothing has passed: what was charged in spite of it is no cost of going on."""
    of = town()
    event(of, WAIVER[0], None, known_on="2025-02-15")
    warehouse = built(of)
    assert cost(warehouse, AS_OF, "central_usd") == []
    assert cost(warehouse, "2025-05-10", *RANGE, "from_on", "is_open") == [
        ("5.00", "10.49", "20.00", "0.00", "10.49", "2025-05-01", "true")
    ]


def test_of_two_waivers_until_further_notice_each_says_that_the_other_does_the_same():
    of = town()
    event(of, "2025-01-15", None, "other")
    assert cost(built(of), "2025-05-10", "episode_id", "is_also_waived") == [
        ("other", "false"),
        ("waiver", "true"),
    ]
    event(of, WAIVER[0], None, known_on="2025-02-15")
    assert cost(built(of), "2025-05-10", "episode_id", "is_also_waived") == [
        ("other", "true"),
        ("waiver", "true"),
    ]


@pytest.mark.rule("R60")
def test_only_whom_the_waiver_covers_counts_and_only_once():
    """The shop's 7.00 are extended by one of two waivers that end together, the home's by none or both."""
    of = town(customer_classes="commercial")
    of.account("S", customer_class="commercial")
    of.adjust("shop", "2025-03-20", "penalty", "7.00", account_id="S")
    assert cost(built(of), AS_OF, "charged_usd") == [("7.00",)]
    event(of, WAIVER[0], WAIVER[1], "second", episode_id="both", episode_title="Both")
    of.rows["policy_events"][0] |= {"episode_id": "both", "episode_title": "Both"}
    assert cost(built(of), AS_OF, "episode_id", "charged_usd") == [("both", "42.00")]


def test_a_penalty_that_was_given_back_costs_nothing():
    """3.00 more in March, taken back as a courtesy in April."""
    of = town()
    of.bill("B", "2025-03-03", "2025-03-13", "30.00")
    of.adjust("late", "2025-03-26", "penalty", "3.00", bill_id="B")
    assert cost(built(of), "2025-03-31", "charged_usd") == [("8.00",)]
    of.adjust("given back", "2025-04-28", "penalty_waiver", "-3.00", bill_id="B")
    assert cost(built(of), "2025-03-31", "charged_usd") == [("5.00",)]


@pytest.mark.rule("R66")
def test_the_waiver_of_fees_stands_in_a_row_of_its_own():
    """Online cards cost their payers 1.25: two of them after the waiver; the agent's dollar is not waived."""
    of = town()
    event(of, WAIVER[0], WAIVER[1], "fees", kind="fee_waiver", channels="online,phone",
          episode_id="waiver", episode_title="")  # fmt: skip
    for number, (received, way, fee) in enumerate([
        ("2025-02-10", "online card", "0.00"), ("2025-03-10", "online card", "1.25"),
        ("2025-04-10", "online card", "1.25"), ("2025-04-11", "agent cash", "1.00"),
    ]):  # fmt: skip
        of.pay(f"C{number}", received, way, customer_fee=fee)
    assert cost(built(of), AS_OF, "component", "charged_usd") == [
        ("card_fees", "2.50"),
        ("penalties", "35.00"),
    ]


def test_without_a_clean_month_nothing_is_expected():
    """The data begin in the month of the waiver: what comes is not known, what was charged is."""
    of = PolicyTown("warrensburg")
    of.rows["policy_events"].clear()
    of.account()
    of.adjust("P", "2025-03-25", "penalty", "5.00")
    event(of, "2025-01-01", "2025-02-28")
    of.adjust("last", "2025-03-31", "other_charge", "1.00")
    warehouse = built(of)
    assert cost(warehouse, "2025-03-31", *RANGE) == [("5.00", "5.00", "5.00", "5.00", "0.00")]
    assert cost(warehouse, "2025-04-30", *RANGE) == [(None, None, None, "5.00", None)]
