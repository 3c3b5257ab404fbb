"""Planted failures in reads are reported.

A planting is SQL on a small city that was right before. What is planted together does not hide each other.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from expectations.runner import check
from tests.warehouse.test_expectations_city import (
    CITY,
    Planted,
    assert_reported,
    change,
    found,
    planting,
    raw_city,
)

REASONS = "Nearly all estimates say why they were made, where any does"


def wrong_meter(meter: str, assignment: str, sentence: str) -> Planted:
    sql = change("meters", "meter_id", meter, assignment)
    return Planted("reads", sql, sentence, row={"meter_id": meter, "_source_file": "reads.csv"})


GROUPS: dict[str, list[Planted]] = {
    "reads": [
        Planted(
            "reads",
            change("reads", "read_id", "M000-2020-06", "read_on = '2020-07-04'"),
            "None of the reads is dated after the delivery that brought it",
            row={"read_id": "M000-2020-06"},
        ),
        Planted(
            "reads",
            change("reads", "read_id", "M001-2020-06", "read_on = '0020-06-01'"),
            "None of the reads is dated before 1950",
            "error",
            {"read_id": "M001-2020-06", "_source_file": "reads.csv"},
        ),
        Planted(
            "reads",
            "DELETE FROM raw.reads WHERE read_on = '2020-11-01'",
            "There is no month without reads between the first and the latest that no policy event explains",
            row={"utility_id": CITY, "month_without_rows": date(2020, 11, 1)},
        ),
        Planted(
            "reads",
            "DELETE FROM raw.reads WHERE read_on > '2021-04-30'",
            "The latest of the reads is at most 45 days older than the latest delivery",
            row={"latest_on": date(2021, 4, 1)},
        ),
        Planted(
            "reads",
            "UPDATE raw.reads SET reading = NULL WHERE read_on BETWEEN '2020-03-01' AND '2020-04-01'",
            "Nearly all reads have a reading, where that is delivered at all",
        ),
        Planted(
            "reads",
            """UPDATE raw.reads SET read_kind = 'estimated',
                   estimate_reason = CASE WHEN read_on > '2020-08-15' THEN 'weather' END
               WHERE read_on BETWEEN '2020-08-01' AND '2020-10-01'""",
            "At most one read in ten is estimated",
            row={"read_kind": "estimated", "read_on": date(2020, 8, 1)},
        ),
        Planted("reads", "SELECT 1", REASONS, row={"read_id": "M000-2020-08", "_source_file": "reads.csv"}),
        Planted(
            "reads",
            "UPDATE raw.reads SET usage = -10 WHERE read_on = '2021-01-01' AND meter_id < 'M010'",
            "Nearly no read has a use below zero",
            row={"read_id": "M009-2021-01"},
        ),
    ],
    "reads and their meters": [
        wrong_meter(
            "M000",
            "installed_on = '2020-12-02'",
            "Nearly no read is dated before its meter was installed",
        ),
        wrong_meter(
            "M001", "removed_on = '2020-08-01'", "Nearly no read is dated after its meter was removed"
        ),
        wrong_meter("M002", "dials = 1", "Nearly no reading has more digits than its register"),
        wrong_meter("M003", "multiplier = 0.0001", "Nearly no use is more than its register can count"),
    ],
    "reads of nothing": [
        Planted(
            "reads",
            "UPDATE raw.reads SET usage = 0 WHERE read_on > '2020-06-15'",
            "At most half of the reads have a use of zero",
        ),
    ],
}


@pytest.fixture
def city() -> duckdb.DuckDBPyConnection:
    return raw_city()


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_planted_is_reported(city, group):
    assert_reported(city, GROUPS[group])


def test_estimates_of_a_utility_that_never_gives_a_reason_pass(city):
    with planting(
        city, ["UPDATE raw.reads SET read_kind = 'estimated', estimate_reason = NULL WHERE meter_id = 'M005'"]
    ):
        assert found(check(city, subjects=["reads"]), "reads", REASONS).observed == "nothing to compare"
