"""How the expectations behave as a whole: what passes, what is sampled, what is imported, what is listed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import expectations
from expectations import catalogue
from expectations.frames import sample_sql
from expectations.runner import check
from expectations.suites import SUITES
from expectations.suites.bills import BILLS
from ratehouse.errors import UsageError, WorkspaceLocked
from tests.warehouse import test_expectations_billing as billing
from tests.warehouse import test_expectations_marts as marts
from tests.warehouse import test_expectations_money as money
from tests.warehouse import test_expectations_reads as reads
from tests.warehouse import test_expectations_revenue as revenue
from tests.warehouse.test_expectations_city import CITY, found, planting, raw_city

ROOT = Path(__file__).parents[2]


@pytest.fixture
def city() -> duckdb.DuckDBPyConnection:
    return raw_city()


def test_every_expectation_has_a_planted_failure():
    groups = [group for module in (billing, money, marts, reads, revenue) for group in module.GROUPS.values()]
    planted = {(one.subject, one.sentence) for group in groups for one in group}
    declared = {(suite.subject, one.sentence) for suite in SUITES for one in (*suite.profile, *suite.sample)}
    assert declared - planted == set()
    assert planted - declared == set()


def test_what_a_policy_event_explains_is_no_failure(city):
    event = {
        "utility_id": CITY, "event_id": "outage", "kind": "billing_suspension", "title": "Outage",
        "starts_on": "2020-11-03", "ends_on": "2020-11-28",
    }  # fmt: skip
    columns, values = ", ".join(event), ", ".join(f"'{value}'" for value in event.values())
    gap = "DELETE FROM raw.bills WHERE bill_date BETWEEN '2020-11-01' AND '2020-11-30'"
    with planting(city, [gap, f"INSERT INTO raw.policy_events ({columns}) VALUES ({values})"]):
        results = check(city, subjects=["bills"])
    silent = next(one for one in results if "no month without bills" in one.expectation)
    assert silent.passed


@pytest.mark.parametrize("entity", ["payment_returns", "reads"])
def test_empty_optional_entities_pass_and_say_so(city, entity):
    with planting(city, [f"DELETE FROM raw.{entity}", f"DELETE FROM raw.loads WHERE entity = '{entity}'"]):
        results = check(city, subjects=[entity])
    assert all(one.passed for one in results)
    assert {one.observed for one in results} == {"no rows"}


def test_two_utilities_are_judged_apart(city):
    other = "INSERT INTO raw.bills SELECT * REPLACE ('otherville' AS utility_id) FROM raw.bills"
    wrong = (
        "UPDATE raw.bills SET due_date = '2019-01-01' WHERE utility_id = 'otherville' AND account_id = 'A001'"
    )
    with planting(city, [other, wrong]):
        results = check(city, subjects=["bills"])
    result = found(results, "bills", "No bill is due before its bill date")
    assert result.observed == "otherville 18 of 722 rows" or result.observed == "18 of 722 rows"
    assert {row["utility_id"] for row in result.failing_rows} == {"otherville"}


def test_the_sample_is_the_same_rows_in_whatever_order_they_lie(city, monkeypatch):
    monkeypatch.setattr("expectations.frames.SAMPLE_ROWS", 100)

    def sample() -> list[str]:
        sql = sample_sql(BILLS, {}, 722, has_raw=False)
        return [row[1] for row in city.execute(sql).fetchall()]

    first = sample()
    shuffle = (
        "CREATE OR REPLACE TABLE raw.bills AS SELECT * FROM raw.bills ORDER BY account_id DESC, bill_date"
    )
    with planting(city, [shuffle]):
        assert sample() == first
    assert 40 <= len(first) <= 100
    # DuckDB's hash is pinned with it: where a new version changes that, other rows are sampled from then on.
    assert first[:3] == PINNED


PINNED = ["B-A034-2020-02", "B-A013-2021-03", "B-A034-2020-05"]


def test_runs_on_files_and_reads_only(city, tmp_path):
    raw = tmp_path / "raw.duckdb"
    city.execute(f"ATTACH '{raw}' AS copy")
    city.execute("COPY FROM DATABASE raw TO copy")
    city.execute("DETACH copy")
    steps = []
    results = expectations.run(None, raw, "in", lambda text, done, total: steps.append((text, done, total)))
    assert all(one.passed for one in results)
    assert steps[0] == ("expectations of accounts", 0, 7) and steps[-1][1:] == (7, 7)


@pytest.mark.parametrize(
    ("database", "raw", "boundary", "words"),
    [
        (None, None, "in", "raw database"),
        (None, Path("raw.duckdb"), "all", "build"),
        (Path("nowhere.duckdb"), None, "out", "nowhere.duckdb"),
        (None, Path("nowhere.duckdb"), "in", "nowhere.duckdb"),
    ],
)
def test_a_missing_database_is_a_usage_error(database, raw, boundary, words):
    with pytest.raises(UsageError, match=words):
        expectations.run(database, raw, boundary)


def test_raw_tables_that_are_being_written_are_said_to_be_locked(tmp_path):
    raw = tmp_path / "raw.duckdb"
    hold = (
        f"import duckdb, sys; c = duckdb.connect({str(raw)!r}); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline() == "held\n"
        with pytest.raises(WorkspaceLocked, match="another process"):
            expectations.run(None, raw, "in")
        writer.stdin.close()


def test_one_module_knows_great_expectations():
    knowing = []
    parts = ("ratehouse", "ingest", "simulator", "expectations", "dashboards")
    for path in (path for part in parts for path in (ROOT / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "great_expectations" for name in names):
                knowing.append(path.relative_to(ROOT).as_posix())
    assert set(knowing) == {"expectations/engine.py"}


def test_importing_expectations_does_not_import_great_expectations():
    program = (
        "import sys, expectations; sys.exit('great_expectations' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0


def test_no_personal_data_is_shown():
    shown = {column for suite in SUITES for column in (*suite.key, *suite.shown)}
    assert not shown & {"customer_name", "email", "phone", "service_address"}


def test_the_page_on_the_audit_lists_every_expectation():
    page = (ROOT / "docs" / "audit.md").read_text("utf-8")
    listed = page.split("<!-- expectations -->\n")[1]
    assert listed == catalogue.tables(), "write them anew with `python -m expectations.catalogue`"
