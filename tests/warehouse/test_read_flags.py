"""What is odd about reads is flagged, each oddity by its own flag, and nothing else is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.oracle.metering import Meter, Read
from tests.support.metering_warehouse import (
    account_row,
    marts_rows,
    meter_row,
    monthly_reads,
    read_row,
    reads_warehouse,
    rule,
)

FIRST = date(2020, 1, 15)
OLD = date(2010, 1, 1)
TWELVE = list(range(1000, 1000 + 20 * 13, 20))  # a year of 20 a month
ELECTRIC = Meter("E1", 5, Decimal(1), OLD)
WATER = Meter("W1", 4, Decimal(1), OLD)


def flags_of(
    reads: list[Read], meter: Meter = ELECTRIC, accounts: list[dict] | None = None, rules=(), **others
) -> dict[str, dict]:
    """The mart's rows of one meter at one premise."""
    accounts = [account_row("A", "L")] if accounts is None else accounts
    rows = [read_row(meter.meter_id, read) for read in reads]
    return marts_rows(reads_warehouse(accounts, [meter_row(meter, "L")], rows, rules, **others))


def flagged(rows: dict[str, dict], flag: str) -> list[str]:
    """The reads that the text column names it for; the switches say the same."""
    named = sorted(name for name, row in rows.items() if flag in row["flags"].split(","))
    switches = {"no_account": "is_without_account", "usage_differs": "is_usage_differing"}
    switches |= {"estimate_differs": "is_estimate_differing", "unit_changes": "is_unit_change"}
    switch = switches.get(flag, f"is_{flag}")
    assert named == sorted(name for name, row in rows.items() if row[switch])
    return named


def test_a_plain_history_has_no_flags():
    rows = flags_of(monthly_reads("r", FIRST, TWELVE))
    # What was used before the first read nobody knows.
    assert {name: row["flags"] for name, row in rows.items() if row["flags"]} == {"r-00": "unknown"}
    assert [row["usage_quantity"] for row in rows.values()] == [0] + [20] * 12


@pytest.mark.parametrize(
    ("zeros", "yearly", "expected"),
    [(2, 20, 2), (1, 20, 0), (3, 20, 3), (2, 1, 0), (3, 1, 3)],
    ids=["two", "one", "three", "two of a small user", "three of a small user"],
)
def test_a_register_that_stands_still_is_stuck_where_three_steps_were_to_be_expected(zeros, yearly, expected):
    readings = [1000 + yearly * place for place in range(13)]
    reads = monthly_reads("r", FIRST, readings + [readings[-1]] * zeros + [readings[-1] + yearly])
    assert len(flagged(flags_of(reads), "stuck")) == expected


def test_nothing_is_stuck_where_nobody_is_served():
    reads = monthly_reads("r", FIRST, TWELVE + [TWELVE[-1]] * 3)
    off_on = reads[12].read_on + timedelta(days=3)
    state = {"account_id": "A", "customer_class": "residential", "autopay": "none", "budget_billing": "false"}
    history = [
        state | {"effective_from": OLD, "status": "active"},
        state | {"effective_from": off_on, "status": "disconnected_nonpay"},
    ]
    assert flagged(flags_of(reads, account_history=history), "stuck") == []
    closed = [account_row("A", "L", closed_on=reads[12].read_on)]
    assert flagged(flags_of(reads, accounts=closed), "stuck") == []
    assert flagged(flags_of(reads), "stuck") == ["r-13", "r-14", "r-15"]


@pytest.mark.rule("R55")
@pytest.mark.parametrize(
    ("times", "usage", "expected"),
    [("5", 101, True), ("5", 100, False), ("5", 3, True), ("5", 4, False), ("8", 101, False)],
)
def test_outliers_against_the_year_before(times, usage, expected):
    """More than five times the usual use, or less than a fifth, and ten steps away; policy may differ."""
    reads = monthly_reads("r", FIRST, [*TWELVE, TWELVE[-1] + usage])
    assert (
        flagged(flags_of(reads, rules=[rule("reads.outlier_times", times)]), "outlier") == ["r-13"] * expected
    )


def test_a_few_steps_are_no_outlier():
    small = [1000 + place for place in range(13)]
    assert flagged(flags_of(monthly_reads("r", FIRST, [*small, small[-1] + 9])), "outlier") == []


@pytest.mark.rule("R75")
def test_estimated_months_neither_are_outliers_nor_make_any():
    """R75: an estimate is not judged, its true-up neither, and the year's mean leaves it out."""
    readings = [*TWELVE, TWELVE[-1] + 400, TWELVE[-1] + 420, TWELVE[-1] + 525]
    rows = flags_of(monthly_reads("r", FIRST, readings, {13: "estimated"}))
    # With the estimate the mean would be 51, and 105 nothing to speak of.
    assert flagged(rows, "outlier") == ["r-15"]
    assert flagged(rows, "true_up") == ["r-14"] and flagged(rows, "estimate_differs") == ["r-13"]
    assert rows["r-13"]["policy_estimate_usage"] == 20


@pytest.mark.rule("R72")
def test_an_estimate_rests_on_the_account_and_goes_on_behind_a_new_meter():
    old, new = Meter("E1", 5, Decimal(1), OLD), Meter("E2", 5, Decimal(1), FIRST + timedelta(days=180))
    first = monthly_reads("a", FIRST, [1000, 1030, 1060, 1090, 1120, 1150, 1180])
    second = monthly_reads("b", new.installed_on, [0, 60, 105], {2: "estimated"})
    meters = [meter_row(old, "L", removed_on=new.installed_on), meter_row(new, "L")]
    reads = [read_row("E1", read) for read in first] + [read_row("E2", read) for read in second]
    rows = marts_rows(reads_warehouse([account_row("A", "L")], meters, reads))
    # 180 of the old meter in six months, 60 of the new one in one, and nothing known of the month before.
    assert rows["b-02"]["policy_estimate_usage"] == Decimal(30)
    assert [name for name, row in rows.items() if row["is_change_read"]] == ["a-06", "b-00"]
    newcomer = [account_row("A", "L", closed_on=second[1].read_on), account_row("B", "L", second[1].read_on)]
    rows = marts_rows(reads_warehouse(newcomer, meters, reads))
    # The newcomer has no month of its own; the class used 180 and 60 in seven months, 34.29 a month.
    assert (rows["b-02"]["account_id"], rows["b-02"]["policy_estimate_basis"]) == ("B", "class_average")
    assert rows["b-02"]["policy_estimate_usage"] == 34
    other_class = [newcomer[0], newcomer[1] | {"customer_class": "commercial"}]
    rows = marts_rows(reads_warehouse(other_class, meters, reads))
    assert (rows["b-02"]["policy_estimate_basis"], rows["b-02"]["policy_estimate_usage"]) == (None, None)


@pytest.mark.rule("R76")
def test_a_gap_names_the_event_that_explains_it():
    reads = [
        *monthly_reads("r", FIRST, [0, 20]),
        Read("late", FIRST + timedelta(days=120), "actual", Decimal(80)),
    ]
    event = {
        "event_id": "storm", "kind": "billing_suspension", "starts_on": FIRST + timedelta(days=60),
        "ends_on": FIRST + timedelta(days=80), "known_on": FIRST,
    }  # fmt: skip
    rows = flags_of(reads, policy_events=[event])
    assert flagged(rows, "gap") == ["late"] and rows["late"]["explained_by_event"] == "storm"
    other = flags_of(reads, policy_events=[event | {"services": "water,sewer"}])
    assert flagged(other, "gap") == ["late"] and other["late"]["explained_by_event"] is None
    assert flagged(flags_of(reads, rules=[rule("reads.max_gap_days", "90")]), "gap") == []


def test_a_read_missing_in_a_gap_is_not_counted_twice():
    reads = [
        *monthly_reads("r", FIRST, [0, 20]),
        Read("late", FIRST + timedelta(days=90), "actual", Decimal(60), Decimal(20)),
    ]
    rows = flags_of(reads)
    assert flagged(rows, "read_missing") == ["late"] == flagged(rows, "usage_differs")
    assert rows["late"]["usage_quantity"] == 20 and rows["late"]["computed_usage"] == 40


def test_a_falling_reading_and_the_one_after_it_count_what_the_billing_system_knew():
    delivered = [None, 20, 20, 25]
    reads = monthly_reads("r", FIRST, [1000, 1020, 900, 1065])
    known = [
        Read(read.read_id, read.read_on, read.kind, read.reading, None if usage is None else Decimal(usage))
        for read, usage in zip(reads, delivered, strict=True)
    ]
    rows = flags_of(known)
    assert [row["usage_quantity"] for row in rows.values()] == [0, 20, 20, 25]
    assert flagged(rows, "falling") == ["r-02"] == flagged(rows, "usage_differs")
    assert [name for name, row in rows.items() if row["is_suspect"]] == ["r-02", "r-03"]
    # Else the later read counts all since the last good one.
    assert [row["usage_quantity"] for row in flags_of(reads).values()] == [0, 20, 0, 45]
    # Where the reading before was the wrong one, it is still the fall that is flagged.
    too_high = flags_of(monthly_reads("r", FIRST, [1000, 9000, 1040, 1060]))
    assert [row["usage_quantity"] for row in too_high.values()] == [0, 8000, 0, 20]
    assert flagged(too_high, "falling") == ["r-02"]


def test_reads_of_one_day_dates_outside_the_meters_life_and_use_without_an_account():
    meter = Meter("E1", 5, Decimal(1), FIRST)
    days = (-5, 0, 30, 30, 60, 75)
    reads = [
        Read(f"r{place}", FIRST + timedelta(days=day), "actual", Decimal(100 + 10 * place))
        for place, day in enumerate(days)
    ]
    row = meter_row(meter, "L", removed_on=FIRST + timedelta(days=60))
    accounts = [account_row("A", "L", closed_on=FIRST + timedelta(days=40))]
    rows = marts_rows(reads_warehouse(accounts, [row], [read_row("E1", read) for read in reads]))
    assert flagged(rows, "duplicate") == ["r3"]
    assert flagged(rows, "before_install") == ["r0"] and flagged(rows, "after_removal") == ["r5"]
    assert flagged(rows, "no_account") == ["r4", "r5"]
    assert len(rows) == len(reads)


def test_a_new_meter_of_another_unit_is_flagged_once():
    meters = [
        meter_row(Meter("W1", 4, Decimal(1), OLD), "L", "water", removed_on=FIRST),
        meter_row(Meter("W2", 6, Decimal(10), FIRST), "L", "water", unit="gal"),
        meter_row(Meter("E1", 5, Decimal(1), OLD), "L"),
    ]
    reads = [read_row("W1", Read("w1", FIRST, "final", Decimal(5), Decimal(5)))]
    reads += [read_row(name, read) for name in ("W2", "E1") for read in monthly_reads(name, FIRST, [0, 30])]
    rows = marts_rows(reads_warehouse([account_row("A", "L")], meters, reads))
    assert flagged(rows, "unit_changes") == ["W2-00"]
    assert rows["W2-01"]["usage_quantity"] == 300


def _walk(water_days: dict[int, int]) -> dict[str, dict]:
    """Half a year of both meters of a premise; some water reads some days off."""
    meters = [meter_row(ELECTRIC, "L"), meter_row(WATER, "L", "water")]
    electric = monthly_reads("e", FIRST, [20 * place for place in range(6)])
    water = [
        Read(f"w-{place:02}", read.read_on + timedelta(days=water_days.get(place, 0)), "actual", read.reading)
        for place, read in enumerate(electric)
    ]
    reads = [read_row("E1", read) for read in electric] + [read_row("W1", read) for read in water]
    same_day = rule("reads.same_day_services", "water,electric")
    return marts_rows(reads_warehouse([account_row("A", "L")], meters, reads, [same_day]))


@pytest.mark.rule("R89")
def test_both_meters_of_a_premise_are_read_on_one_walk():
    """R89: flagged is the earlier of the two, and it names the other."""
    assert flagged(_walk({}), "days_apart") == []
    rows = _walk({2: -1, 4: 3})
    assert flagged(rows, "days_apart") == ["e-04", "w-02"]
    assert (rows["w-02"]["apart_read_id"], rows["w-02"]["days_apart"]) == ("e-02", 1)
    assert (rows["e-04"]["apart_read_id"], rows["e-04"]["days_apart"]) == ("w-04", 3)
    # Ten days are another walk.
    assert flagged(_walk({3: 10}), "days_apart") == []


@pytest.mark.rule("R75")
def test_the_months_figures_count_reads_and_flags():
    reads = monthly_reads(
        "r", date(2020, 1, 10), [1000, 1020, 1040, 1060, 1080, 1070], {4: "estimated"}, days=5
    )
    connection = reads_warehouse(
        [account_row("A", "L")], [meter_row(ELECTRIC, "L")], [read_row("E1", r) for r in reads]
    )
    rows = marts_rows(connection, "rpt_reads_monthly", "month_end_on")
    january, february = rows[date(2020, 1, 31)], rows.get(date(2020, 2, 29))
    assert january["read_count"] == 5 and january["estimated_count"] == 1 == january["estimated_access_count"]
    assert january["estimated_pct"] == 20 and january["estimated_quantity"] == 20
    assert (
        february["true_up_count"] == 1 == february["negative_count"] and february["true_up_quantity"] == -10
    )
    assert february["estimated_pct"] == 0
