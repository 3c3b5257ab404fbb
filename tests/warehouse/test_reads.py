"""Reads in the warehouse: the cases, the independent bookkeeping, and a flag for everything odd."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.policy import load_policy
from ratehouse.demo import bring_policy
from tests.oracle.metering import Book, Meter, Read, policy_estimate
from tests.support.ingesting import Desk
from tests.support.metering_warehouse import (
    ACCOUNTS,
    METERS,
    READS,
    account_row,
    csv_of,
    marts_rows,
    meter_row,
    monthly_reads,
    read_row,
    reads_warehouse,
    rule,
)
from tests.support.models import warehouse_on

CASES = Path(__file__).parents[1] / "cases" / "meter_reads.csv"
FIRST = date(2020, 1, 15)
OLD = date(2010, 1, 1)
# A year's use that sums to the case's 10,800.
SHARES = (4, 5, 6, 7, 8, 9, 11, 12, 11, 9, 9, 9)


def _case_reads(case: dict[str, str]) -> list[Read]:
    """The history that a line of the file stands for, its last read being the one that is asked about."""
    name, prior = case["case"], int(case["prior_read"])
    readings: list[int | None] = []
    kinds: dict[int, str] = {}
    if case["usage_12_months"]:
        use = int(case["usage_12_months"])
        readings = [prior - use * sum(SHARES[place:]) // sum(SHARES) for place in range(12)]
        readings += [prior, prior + use // 12]
        kinds = {13: "estimated"}
    elif name == "span":
        readings, kinds = [prior, prior + 900, int(case["next_read"])], {1: "estimated"}
    else:
        readings = [prior - 900, prior, int(case["next_read"])]
        kinds = {1: "estimated"} if name.startswith("true_up") else {}
    return monthly_reads(name, FIRST, readings, kinds)


@pytest.fixture(scope="module")
def delivered_cases(tmp_path_factory):
    """Every line of the file as extracts of a city, loaded with its policy and built."""
    desk = Desk(tmp_path_factory.mktemp("cases"))
    bring_policy(desk.workspace, ["independence"])
    load_policy(desk.workspace, "independence")
    accounts, meters, reads = [], [], []
    for number, line in enumerate(csv.DictReader(CASES.open())):
        meter = Meter(f"M-{line['case']}", int(line["digits"]), Decimal(1), OLD)
        accounts.append(account_row(f"{number:08}", f"L-{line['case']}"))
        meters.append(meter_row(meter, f"L-{line['case']}"))
        reads += [read_row(meter.meter_id, read) for read in _case_reads(line)]
    desk.deliver("accounts.csv", csv_of(ACCOUNTS, accounts))
    desk.deliver("meters.csv", csv_of(METERS, meters))
    desk.deliver("reads.csv", csv_of(READS, reads))
    report = desk.ingest()
    assert not report.rejected and not report.refused, desk.rejects()
    return marts_rows(warehouse_on(desk.workspace.raw_database, ["fct_reads"]))


@pytest.mark.rule("R72", "R73", "R74", "R77")
@pytest.mark.parametrize("case", csv.DictReader(CASES.open()), ids=lambda case: case["case"])
def test_cases_of_the_meter_read_page(delivered_cases, case):
    row = delivered_cases[_case_reads(case)[-1].read_id]
    numbers = [Decimal(number) for number in re.findall(r"-?\d+", case["expected"])]
    flags = set(filter(None, row["flags"].split(",")))
    match case["case"]:
        case "estimate":
            assert [row["policy_estimate_reading"], row["policy_estimate_usage"]] == numbers
            assert row["usage_quantity"] == numbers[1] and flags == set()
        case "span":
            assert [row["span_usage"]] == numbers == [row["estimated_usage_before"] + row["usage_quantity"]]
            assert flags == {"true_up"} and row["span_days"] == 60
        case "rollover":
            assert [row["usage_quantity"]] == numbers and flags == {"rollover"}
        case _:
            assert [row["usage_quantity"]] == numbers
            assert flags == {"true_up"} | ({"negative"} if numbers[0] < 0 else set())


# ---- Random histories against the bookkeeping


def _wild_reads(random: Random, meter: Meter) -> list[Read]:
    """Reads that make little sense: small registers that roll over often, missing readings and usages."""
    on, reads, turn = meter.installed_on, [], 10**meter.dials
    reading = random.randrange(turn)
    for place in range(random.randint(1, 14)):
        on += timedelta(
            days=random.choice((0, 1, 12, 30, 30, 30, 31, 46, 61, 95)) if place else random.choice((0, 5))
        )
        reading = (reading + random.choice((0, 3, 3, 20, 20, turn // 2, -2, -turn // 3))) % turn
        has_reading = random.random() < 0.85
        kind = random.choice(("actual", "actual", "actual", "estimated", "estimated", "customer", "final"))
        amount = Decimal(random.choice((0, 3, 20, 200, -2))) * meter.multiplier
        has_usage = not has_reading or random.random() < 0.6
        reads.append(
            Read(f"{meter.meter_id}-{random.randrange(10)}{place:02}", on, kind,
                 Decimal(reading) if has_reading else None, amount if has_usage else None)
        )  # fmt: skip
    return reads


def _wild_meters(random: Random, count: int) -> dict[Meter, list[Read]]:
    meters = [
        Meter(
            f"M{number}",
            random.choice((2, 3, 4)),
            random.choice((Decimal(1), Decimal(40), Decimal("0.1"))),
            FIRST,
        )
        for number in range(count)
    ]
    return {meter: _wild_reads(random, meter) for meter in meters}


def _assert_booked(random: Random, count: int, holds: bool) -> int:
    histories = _wild_meters(random, count)
    rules = [rule("estimates.negative_true_up", "hold_at_zero")] if holds else []
    connection = reads_warehouse(
        [account_row(meter.meter_id, f"L{meter.meter_id}") for meter in histories],
        [meter_row(meter, f"L{meter.meter_id}") for meter in histories],
        [read_row(meter.meter_id, read) for meter, reads in histories.items() for read in reads],
        rules,
    )
    found = marts_rows(connection)
    connection.close()
    assert len(found) == sum(map(len, histories.values()))
    estimates = 0
    for meter, reads in histories.items():
        rows = Book(meter, holds=holds).enter_all(reads)
        for place, row in enumerate(rows):
            got = found[row.read.read_id]
            expected = {
                "days": row.days, "computed_usage": row.computed, "usage_quantity": row.used,
                "held_quantity": row.held, "is_rollover": row.rolled_over, "is_falling": row.fell,
                "is_read_missing": row.missed, "span_usage": row.span,
                "estimated_usage_before": row.estimated_before,
            }  # fmt: skip
            assert {name: got[name] for name in expected} == expected, (meter, reads, row)
            if row.read.kind == "estimated":
                estimates += 1
                own = policy_estimate(meter, rows, place)
                of_own = got["policy_estimate_basis"] == "own_months"
                assert (got["policy_estimate_usage"] if of_own else None) == own, (meter, reads, row)
    return estimates


@pytest.mark.rule("R72", "R73", "R77")
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.booleans())
def test_sql_and_bookkeeping_agree_on_any_history(random, holds):
    _assert_booked(random, random.randint(1, 3), holds)


@pytest.mark.parametrize("holds", [False, True])
def test_sql_and_bookkeeping_agree_on_many_histories(holds):
    assert _assert_booked(Random(4), 1500, holds) > 2000


# ---- What truly flowed


def _true_meters(random: Random, number: int) -> tuple[list[tuple[Meter, list[Read]]], Decimal]:
    """A place whose meters are replaced, read or estimated, and what truly flowed through them."""
    parts, on, flowed = [], FIRST, Decimal(0)
    for generation in range(random.randint(1, 3)):
        dials = random.choice((3, 4))
        multiplier = random.choice((Decimal(1), Decimal(10), Decimal("0.5")))
        meter = Meter(f"M{number}-{generation}", dials, multiplier, on)
        total = shown = random.randrange(10**dials)
        first, reads = total, []
        count = random.randint(2, 20)
        for place in range(count):
            kind = random.choice(("actual", "actual", "estimated", "customer"))
            # A span over half of the register could as well be its way back.
            if place in (0, count - 1) or [read.kind for read in reads[-2:]] == ["estimated"] * 2:
                kind = "actual"
            if place:
                on += timedelta(days=random.choice((28, 30, 33, 60)))
                total += random.randrange(10**dials // 8)
            shown = shown + random.randrange(10**dials // 8) if kind == "estimated" else total
            reads.append(Read(f"{meter.meter_id}-{place:02}", on, kind, Decimal(shown % 10**dials)))
        flowed += (total - first) * multiplier
        parts.append((meter, reads))
    return parts, flowed


@pytest.mark.rule("R73", "R74", "R77")
@pytest.mark.parametrize("holds", [False, True])
def test_what_is_counted_is_what_flowed(holds):
    """R74: estimates and their true-ups, roll-overs and new meters add up to the register's own way."""
    random = Random(11)
    places = {number: _true_meters(random, number) for number in range(300)}
    meters, reads = [], []
    for number, (parts, _) in places.items():
        for place, (meter, meter_reads) in enumerate(parts):
            removed_on = meter_reads[-1].read_on if place < len(parts) - 1 else None
            meters.append(meter_row(meter, f"L{number}", removed_on=removed_on))
            reads += [read_row(meter.meter_id, read) for read in meter_reads]
    accounts = [account_row(str(number), f"L{number}") for number in places]
    rules = [rule("estimates.negative_true_up", "hold_at_zero")] if holds else []
    rows = marts_rows(reads_warehouse(accounts, meters, reads, rules)).values()
    counted: dict[str, Decimal] = defaultdict(Decimal)
    last: dict[str, dict] = {}
    for row in sorted(rows, key=lambda row: row["read_on"]):
        counted[row["account_id"]] += row["usage_quantity"]
        last[row["meter_id"]] = row
    for row in last.values():
        counted[row["account_id"] or row["premise_id"][1:]] -= row["held_quantity"]
    assert counted == {str(number): flowed for number, (_, flowed) in places.items()}
    assert any(row["is_rollover"] for row in rows) and any(row["is_true_up"] for row in rows)
    assert not any(row["is_falling"] or row["is_unknown"] for row in rows)
    if holds:
        assert min(row["usage_quantity"] for row in rows) == 0 and any(row["held_quantity"] for row in rows)
    else:
        assert any(row["is_negative"] for row in rows)
        spans = [row for row in rows if row["is_true_up"]]
        assert all(
            row["span_usage"] == row["estimated_usage_before"] + row["usage_quantity"] for row in spans
        )
