"""The benchmark compares like with like: its own query over the ledger answers as the marts do."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from bench import queries, report, repricing
from bench.measure import StepFailed, run_measured, timed_runs
from bench.steps import compare
from tests.strategies import random_histories
from tests.support.models import warehouse_in_memory
from tests.support.random_city import merged, random_city
from tests.support.settlement_warehouse import settlement_warehouse


@pytest.mark.parametrize("seed", [11, 12])
def test_the_ledger_query_answers_as_the_marts(seed):
    connection = settlement_warehouse(random_histories(seed, 40))
    for table in queries.LEDGER_TABLES:
        connection.execute(f"CREATE TEMP VIEW {table.name} AS {table.source}")
    days = connection.execute(
        "SELECT DISTINCT posted_on FROM intermediate.int_receivables__postings "
        "ORDER BY hash(posted_on) LIMIT 25"
    ).fetchall()
    for (day,) in days:
        answers = [
            queries.answer(connection.execute(queries.on_day(text, day)).fetchall())
            for text in (queries.RATEHOUSE, queries.LEDGER)
        ]
        assert answers[0] == answers[1], day
    assert connection.execute("SELECT count(*) FROM named_credits").fetchone()[0] > 10


@pytest.mark.parametrize("seed", [21, 22])
def test_a_changed_tariff_costs_the_same_from_determinants_bills_and_a_script(seed):
    cities = [random_city(Random(f"{seed} {number}"), f"city_{number}", 6) for number in range(4)]
    targets = ("fct_billing_determinants", "dim_tariffs", "dim_utilities", "price_units_of")
    connection = warehouse_in_memory(merged(cities), targets)
    connection.execute(repricing.CHANGED)
    for span in repricing.spans(connection):
        asked = {way: ask(connection, span) for way, ask in repricing.ASKED.items()}
        assert asked["bills"].answer() == asked["determinants"].answer() == asked["script"].answer()
        assert asked["bills"].units == asked["script"].units > asked["determinants"].units > 100
        assert len(asked["bills"].answer()) == 6  # three services, two classes


def test_a_peer_that_is_a_cent_off_ends_the_run():
    own = [{"day": "2020-01-31", "answer": queries.answer([["water", Decimal("1.00"), Decimal("1.01")]])}]
    peer = [{"day": "2020-01-31", "answer": queries.answer([["water", "1", "1.02"], ["sewer", "0", "0"]])}]
    with pytest.raises(StepFailed, match="water on 2020-01-31"):
        compare("A peer", own, peer)


def test_a_service_of_nothing_is_no_difference():
    assert queries.answer([["sewer", "0", "0.00"], ["water", "1", "0"]]) == {"water": ["1.00", "0.00"]}


def test_slow_questions_are_asked_less_often():
    assert len(timed_runs(lambda: 0.1)) == 5
    assert len(timed_runs(lambda: 50.0)) == 2


def test_cost_counts_children_and_failures_say_why(tmp_path: Path):
    grandchild = "import time; block = bytearray(60_000_000); time.sleep(0.6)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    cost = run_measured([sys.executable, "-c", child], cwd=tmp_path, log=tmp_path / "log")
    assert cost.seconds > 0.5 and cost.peak_bytes > 60e6
    with pytest.raises(StepFailed, match="no such thing"):
        run_measured(
            [sys.executable, "-c", "raise SystemExit('no such thing')"], cwd=tmp_path, log=tmp_path / "l"
        )


def test_targets_stand_for_the_full_size_only():
    steps = {
        "build": {"seconds": 239.0, "peak_bytes": 7e9, "parts": {"penalties": 89.0, "tests": 300.0}},
        "asof": {"days": [{"day": "2020-01-31", "seconds": [0.5, 0.4, 0.7]}]},
        "postgres": {"ledger_days": [{"day": "2020-01-31", "seconds": [4.0]}]},
    }
    full = {"settings": {"accounts": 57_000, "years": 10}, "steps": steps}
    assert [one.mark for one in report.targets(full)][:5] == ["met", "met", "met", "met", "not met"]
    assert [one.mark for one in report.targets(full)][5:] == ["not measured", "not measured"]
    steps["reprice"] = {
        "days": [{"day": "fiscal year 2020", "seconds": [0.2]}, {"day": "10", "seconds": [3.1]}]
    }
    assert [one.mark for one in report.targets(full)][5:] == ["met", "not met"]
    del steps["build"]["parts"]  # measured by a version that did not tell them apart
    assert report.targets(full)[2].mark == "not measured"
    small = {"settings": {"accounts": 500, "years": 2}, "steps": steps}
    assert {one.mark for one in report.targets(small)} == {"not measured"}


def test_the_command_says_what_it_measures():
    shown = subprocess.run([sys.executable, "-m", "bench", "--help"], capture_output=True, text=True)
    assert shown.returncode == 0 and "PostgreSQL" in shown.stdout
