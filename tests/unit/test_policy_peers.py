"""`peers.yml`: every mistake is named with its place, and what it says arrives as rows; it may be missing."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.policy import load_policy, validate_policy
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace

FILE = "peers.yml"
GOOD = """
homes:
  - {service: sewer, tariff_class: residential_established, usage: "6", unit: ccf, other_uses: ["2", "8"],
      source: a}
peers:
  - {peer: next_door, title: Next door, service: sewer, usage: "4500", unit: gal, amount_usd: "53.00",
      year: 2023, source: b}
  - {peer: next_door, title: Next door, service: sewer, usage: "4500", unit: gal, amount_usd: "55.00",
      as_of: 2024-03-01, meter_size: "3/4", assumed: true, note: c}
households:
  - {measure: median_income_usd, year: 2022, value: "48000", assumed: true}
"""
# what is wrong, text to replace, replacement, field of the message, words of it
MISTAKES = [
    ("no source", ",\n      source: a}", "}", "homes.sewer", "no source"),
    ("unknown setting", "title: Next door", "name: Next door", "peers.next_door.name", "not known"),
    ("unknown service", "service: sewer, usage", "service: water, usage", "peers.next_door.service",
     "'water'"),
    ("home of another service", "service: sewer, tariff", "service: water, tariff",
     "homes.water.service", "'water'"),
    ("unknown class", "residential_established", "residential_old", "homes.sewer.tariff_class",
     "'residential_old'"),
    ("unit of another service", "unit: ccf", "unit: kwh", "homes.sewer.unit", "not sold by the kwh"),
    ("use without unit", "unit: ccf, ", "", "homes.sewer", "stand together"),
    ("other uses alone", 'usage: "6", unit: ccf, ', "", "homes.sewer", "without a use"),
    ("use twice", '["2", "8"]', '["6"]', "homes.sewer.6", "twice"),
    ("home twice", "\npeers:", "\n  - {service: sewer, tariff_class: commercial, source: a}\npeers:",
     "homes.sewer", "twice"),
    ("unquoted amount", '"53.00"', "53.00", "peers.next_door.amount_usd", "not in quotes"),
    ("a tenth of a cent", '"53.00"', '"53.001"', "peers.next_door.amount_usd", "two decimals"),
    ("no use at all", '"4500"', '"0"', "peers.next_door.usage", "greater than"),
    ("without a date", ",\n      year: 2023", "", "peers.next_door", "when the bill was so"),
    ("two dates", "year: 2023", "year: 2023, as_of: 2023-01-01", "peers.next_door", "when the bill was so"),
    ("bill twice", "year: 2023", "as_of: 2024-03-01", "peers.next_door, sewer", "twice"),
    ("unknown fact", "median_income_usd", "mean_income_usd", "households", "'mean_income_usd'"),
    ("fact twice", "households:\n",
     'households:\n  - {measure: median_income_usd, year: 2022, value: "1", source: d}\n',
     "households.median_income_usd, 2022", "twice"),
]  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shutil.copytree(PROJECT_ROOT / "data" / "utilities", tmp_path / "utilities")
    (tmp_path / "utilities" / "warrensburg" / FILE).write_text(GOOD)
    return Workspace.at(tmp_path)


def loaded(workspace: Workspace, table: str, columns: str) -> list[tuple]:
    load_policy(workspace, "warrensburg")
    with connect(workspace.raw_database, read_only=True) as connection:
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()


@pytest.mark.parametrize(("name", "old", "new", "where", "words"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named_with_its_place(workspace, name, old, new, where, words):
    folder = workspace.utilities / "warrensburg"
    assert validate_policy(folder) == []
    assert old in GOOD, "the case no longer fits the file"
    (folder / FILE).write_text(GOOD.replace(old, new, 1))
    problems = validate_policy(folder)
    fitting = [problem for problem in problems if problem.file == FILE and problem.field.startswith(where)]
    assert any(words in str(problem) for problem in fitting), [str(problem) for problem in problems]
    assert all(problem.what and problem.todo for problem in problems)


def test_what_the_file_says_arrives_exactly(workspace):
    homes = loaded(workspace, "policy_homes", "usage, is_typical, tariff_class, meter_size, unit, source")
    assert homes == [
        (Decimal(use), use == "6", "residential_established", None, "ccf", "a") for use in ("2", "6", "8")
    ]
    columns = "usage, unit, customer_class, meter_size, amount_usd, as_of, year, source, is_assumed, note"
    assert loaded(workspace, "policy_peers", columns) == [
        (4500, "gal", "residential", "3/4", Decimal("55.00"), date(2024, 3, 1), 2024, None, True, "c"),
        (4500, "gal", "residential", None, Decimal("53.00"), None, 2023, "b", False, None),
    ]
    columns = "utility_id, measure, year, value, policy_file, policy_field"
    assert loaded(workspace, "policy_households", columns) == [
        ("warrensburg", "median_income_usd", 2022, 48000, FILE, "households.median_income_usd")
    ]


def test_the_file_may_be_missing(workspace):
    assert loaded(workspace, "policy_peers", "count(*)") == [(2,)]
    (workspace.utilities / "warrensburg" / FILE).unlink()
    assert validate_policy(workspace.utilities / "warrensburg") == []
    for table in ("policy_homes", "policy_peers", "policy_households"):
        assert loaded(workspace, table, "count(*)") == [(0,)]
