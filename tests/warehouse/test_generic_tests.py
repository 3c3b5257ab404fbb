"""The project's own generic tests are code: each must find what was planted, and nothing in clean rows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from ratehouse.warehouse import connect
from ratehouse.workspace import DBT_PROJECT

TESTS = DBT_PROJECT / "macros" / "tests"

# name of the test: arguments, clean rows, planted rows (SQL), rows that must be reported
CASES = {
    "unique_combination": (
        {"columns": ["city", "bill"]},
        "VALUES ('a', 'B1'), ('a', 'B2'), ('b', 'B1')",
        {
            "twice": ("VALUES ('a', 'B1'), ('a', 'B1'), ('b', 'B1')", 1),
            "null in the key": ("VALUES ('a', NULL), ('b', 'B1')", 1),
        },
        ("city", "bill"),
    ),
    "sums_to_total": (
        {"plus": ["water", "sewer"], "minus": ["credit"], "total": "total"},
        "VALUES (1.00, 2.00, 0.50, 2.50), (0.00, 0.00, 0.00, 0.00)",
        {
            "a cent off": ("VALUES (1.00, 2.00, 0.50, 2.51)", 1),
            "no total": ("VALUES (1.00, 2.00, 0.50, NULL)", 1),
            "a part is missing": ("VALUES (1.00, NULL, 0.50, 0.50)", 1),
        },
        ("water", "sewer", "credit", "total"),
    ),
    "conserved_between": (
        {"amount": "usd", "other": "other", "other_amount": "usd", "group_by": ["city"]},
        "VALUES ('a', 1.00), ('a', 2.00), ('b', 5.00)",
        {
            "a cent off": ("VALUES ('a', 3.01), ('b', 5.00)", 1),
            "a row doubled": ("VALUES ('a', 1.00), ('a', 2.00), ('b', 5.00), ('b', 5.00)", 1),
            "a group missing": ("VALUES ('a', 3.00)", 1),
            "a group too many": ("VALUES ('a', 3.00), ('b', 5.00), ('c', 1.00)", 1),
            "nothing at all": ("SELECT 'a', 1.00 WHERE false", 2),
        },
        ("city", "usd"),
    ),
    "no_overlap": (
        {"partition_by": ["account"], "from_column": "first", "to_column": "last", "no_gap": True},
        "VALUES ('a', 1, 3), ('a', 3, 9), ('b', 1, 9)",
        {
            "overlap": ("VALUES ('a', 1, 4), ('a', 3, 9)", 1),
            "gap": ("VALUES ('a', 1, 2), ('a', 3, 9)", 1),
            "ends before it begins": ("VALUES ('a', 4, 3)", 1),
            "open end": ("VALUES ('a', 1, NULL)", 1),
        },
        ("account", "first", "last"),
    ),
    "falls_along": (
        {"column": "weight", "along": "month", "partition_by": ["city"]},
        "VALUES ('a', 2, 0.5), ('a', 1, 0.9), ('a', 3, 0.5), ('b', 1, 1.0)",
        {
            "rises": ("VALUES ('a', 1, 0.5), ('a', 2, 0.6)", 1),
            "null": ("VALUES ('a', 1, NULL)", 1),
        },
        ("city", "month", "weight"),
    ),
    "holds_for_every_row": (
        {"condition": "usd > 0"},
        "VALUES (1.00), (0.01)",
        {"false": ("VALUES (1.00), (0.00)", 1), "null": ("VALUES (NULL), (1.00)", 1)},
        ("usd",),
    ),
}
PLANTED = [(name, what) for name, case in CASES.items() for what in case[2]]


def failing_rows(name: str, rows: str) -> int:
    """How many rows the generic test reports on a table of the given rows."""
    arguments, clean, _, columns = CASES[name]
    text = (TESTS / f"{name}.sql").read_text()
    macro = re.sub(r"{%\s*test\s+(\w+)", r"{% macro \1", text).replace("endtest", "endmacro")
    environment = Environment(autoescape=False)
    environment.globals["row_hash"] = lambda keys: f"hash({', '.join(keys)})"
    template = environment.from_string(macro)
    sql = getattr(template.module, name)(model="here", **arguments)
    connection = connect()
    connection.execute(f"CREATE TABLE here AS SELECT * FROM ({rows}) AS t({', '.join(columns)})")
    connection.execute(f"CREATE TABLE other AS SELECT * FROM ({clean}) AS t({', '.join(columns)})")
    return len(connection.execute(sql).fetchall())


@pytest.mark.parametrize("name", CASES)
def test_clean_rows_pass(name):
    assert failing_rows(name, CASES[name][1]) == 0


@pytest.mark.parametrize(("name", "what"), PLANTED)
def test_planted_failure_is_found(name, what):
    rows, expected = CASES[name][2][what]
    assert failing_rows(name, rows) == expected


def test_every_generic_test_has_a_planted_failure():
    assert {Path(file).stem for file in TESTS.glob("*.sql")} == set(CASES)
