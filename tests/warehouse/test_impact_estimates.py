"""The best estimate of what an event cost, in towns small enough to work it out by hand."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest

from ratehouse.workspace import PROJECT_ROOT
from tests.support.policy_town import PolicyTown

MONTHS = [date(2022 + month // 12, month % 12 + 1, 3) for month in range(42)]
WAIVED = (date(2024, 9, 1), date(2024, 11, 30))
TARGETS = ("rpt_waiver_methods", "int_penalties__impact_replicates", "int_penalties__impact_penalty_targets")


def event(town: PolicyTown, kind: str, starts: str, ends: str, event_id: str = "asked", **more) -> None:
    """An event that is an episode of its own."""
    town.add("policy_events", event_id=event_id, kind=kind, title=event_id, cause="", known_on=starts,
             starts_on=starts, ends_on=ends, **more)  # fmt: skip


def estimate(
    warehouse: duckdb.DuckDBPyConnection,
    question: str,
    component: str,
    month_end: str,
    method="cohort_curves",
) -> Decimal:
    """The estimate of a month, all classes."""
    query = """
        SELECT sum(amount_usd) FROM intermediate.int_penalties__impact_replicates
        WHERE episode_id = 'asked' AND replicate_no = 0
            AND question = ? AND component = ? AND month_end_on = ? AND method = ?
    """
    return warehouse.execute(query, [question, component, month_end, method]).fetchone()[0]


def spread(warehouse: duckdb.DuckDBPyConnection, month_end: str) -> tuple[float, float]:
    """Low and high of the dollars collected late under an event at a month end."""
    query = """
        SELECT quantile_cont(total, 0.05), quantile_cont(total, 0.95) FROM (
            SELECT sum(amount_usd) AS total FROM intermediate.int_penalties__impact_replicates
            WHERE episode_id = 'asked' AND question = 'event' AND component = 'collected_late'
                AND method = 'cohort_curves' AND month_end_on = ? AND replicate_no > 0
            GROUP BY replicate_no
        )
    """
    return warehouse.execute(query, [month_end]).fetchone()


def service(billed: date) -> dict[str, str]:
    """The days of service of a bill: thirty, until two days before it."""
    return {"service_from": str(billed - timedelta(days=32)), "service_to": str(billed - timedelta(days=2))}


def small_town(**rules: str) -> PolicyTown:
    """$1,000,000 a month: $120,000 paid after the penalty date, $60,000 so only while that is waived."""
    town = PolicyTown("warrensburg", **{"penalty__compounding": "simple", **rules})
    for account_id, amount in (("A", "820000.00"), ("B", "60000.00"), ("C", "120000.00"), ("Z", "0.00")):
        town.account(account_id)
        for billed in MONTHS[:36] if account_id != "Z" else []:
            bill_id = f"{account_id}{billed:%y%m}"
            town.bill(
                bill_id, str(billed), str(billed + timedelta(days=10)), amount, account_id, **service(billed)
            )
            is_late = account_id == "B" and WAIVED[0] <= billed <= WAIVED[1]
            days = 31 if is_late else {"A": 5, "B": 15, "C": 23}[account_id]
            town.pay(f"P{bill_id}", str(billed + timedelta(days=days)), "walk_in check", amount, account_id)
    town.adjust("Z1", "2024-12-31", "other_charge", "1.00", account_id="Z", due_on="2039-06-01")
    return town


@pytest.fixture(scope="module")
def waived_town() -> duckdb.DuckDBPyConnection:
    town = small_town()
    event(town, "penalty_waiver", str(WAIVED[0]), str(WAIVED[1]))
    return town.warehouse(*TARGETS)


@pytest.mark.rule("R60")
def test_the_small_case(waived_town):
    with (PROJECT_ROOT / "tests" / "cases" / "waiver_small.csv").open() as file:
        expected = {row["quantity"]: Decimal(row["expected"]) for row in csv.DictReader(file)}
    october = "2024-10-31"
    mechanical = waived_town.execute(
        "SELECT sum(mechanical_usd) FROM intermediate.int_penalties__impact_penalty_targets "
        "WHERE month_no = 2024 * 12 + 9"
    ).fetchone()[0]
    assert mechanical == expected["mechanical_foregone_penalty_usd"]
    assert (
        estimate(waived_town, "waiver", "penalties", october)
        == expected["counterfactual_foregone_penalty_usd"]
    )
    assert (
        estimate(waived_town, "event", "penalties", october)
        == expected["counterfactual_foregone_penalty_usd"]
    )
    assert estimate(waived_town, "waiver", "penalties", october, "prior_year") == Decimal("12000.00")
    assert estimate(waived_town, "waiver", "collected_late", october) == expected["payments_moved_late_usd"]
    assert estimate(waived_town, "event", "collected_late", october) == expected["payments_moved_late_usd"]


def test_where_penalties_compound():
    town = small_town(penalty__compounding="compounding")
    event(town, "penalty_waiver", str(WAIVED[0]), str(WAIVED[1]))
    warehouse = town.warehouse(*TARGETS)
    # by the rules 10 % of $180,000 in September, and of $180,000 and these $18,000 in October
    assert warehouse.execute(
        "SELECT sum(mechanical_usd) FROM intermediate.int_penalties__impact_penalty_targets "
        "WHERE month_no IN (2024 * 12 + 8, 2024 * 12 + 9) GROUP BY month_no ORDER BY month_no"
    ).fetchall() == [(Decimal("18000.00"),), (Decimal("19800.00"),)]
    # whoever pays late in usual months pays the penalty too: nothing compounds
    assert estimate(warehouse, "event", "penalties", "2024-10-31") == Decimal("12000.00")


def test_months_that_count(waived_town):
    rows = waived_town.execute(
        "SELECT is_clean, is_waiver_only, min(month_end_on), max(month_end_on), count(*) "
        "FROM intermediate.int_penalties__impact_months GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    # the first half-year of the data is never clean, nor is the month after the waiver
    assert (True, False, date(2022, 7, 31), date(2024, 8, 31), 26) in rows
    assert (False, True, date(2024, 10, 31), date(2024, 11, 30), 2) in rows


def test_methods_say_why_they_refuse():
    town = small_town()
    event(town, "penalty_waiver", "2024-09-15", "2024-10-20")
    event(town, "channel_outage", "2022-10-01", "2022-10-31", "closed", channels="online")
    warehouse = town.warehouse(*TARGETS)
    reasons = dict(warehouse.execute(
        "SELECT question || ' ' || method, reason FROM marts.rpt_waiver_methods "
        "WHERE episode_id = 'asked' AND component = 'penalties'"
    ).fetchall())  # fmt: skip
    assert reasons["waiver rules_applied"] is None
    assert reasons["event prior_year"] is None
    assert reasons["event cohort_curves"] == "Only 19 clean months in the data; 24 are needed."
    assert reasons["event difference_in_differences"].startswith("The waiver covers every class of customers")
    closed = set(warehouse.execute(
        "SELECT reason FROM marts.rpt_waiver_methods WHERE episode_id = 'closed' AND component = 'penalties'"
    ).fetchall())  # fmt: skip
    assert closed == {("No event of this episode waives penalties.",)}
    assert warehouse.execute(
        "SELECT count(*) FROM intermediate.int_penalties__impact_replicates WHERE method = 'cohort_curves'"
    ).fetchone() == (0,)


def busy_town(late_days: int) -> PolicyTown:
    """Sixty accounts that pay by lot, 5 to 30 days after the bill; in March 2024 `late_days` later."""
    town, lots = PolicyTown("warrensburg"), random.Random(6)
    for number in range(60):
        account_id = town.account(f"{number:03}")
        for billed in MONTHS:
            day = billed + timedelta(days=number % 20)
            bill_id, amount = f"{account_id}-{billed:%y%m}", f"{lots.randint(40, 160)}.00"
            town.bill(bill_id, str(day), str(day + timedelta(days=10)), amount, account_id, **service(day))
            paid = day + timedelta(days=min(lots.randint(5, 30), lots.randint(5, 45)))
            late = late_days if billed == date(2024, 3, 3) else 0
            town.pay(f"P{bill_id}", str(paid + timedelta(days=late)), "walk_in check", amount, account_id)
    return town


@pytest.mark.parametrize("late_days", [0, 20])
def test_an_event_that_did_nothing_shows_nothing(late_days):
    town = busy_town(late_days)
    event(town, "billing_suspension", "2024-03-05", "2024-03-25")
    warehouse = town.warehouse(*TARGETS)
    low, high = spread(warehouse, "2024-03-31")
    assert low < high
    if late_days:
        assert low > 0
    else:
        assert low <= 0 <= high


def test_the_same_data_draw_the_same(waived_town):
    town = small_town()
    event(town, "penalty_waiver", str(WAIVED[0]), str(WAIVED[1]))
    query = "SELECT * FROM intermediate.int_penalties__impact_replicates ORDER BY ALL"
    assert town.warehouse(*TARGETS).execute(query).fetchall() == waived_town.execute(query).fetchall()
