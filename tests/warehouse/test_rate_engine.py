"""The rate engine alone, on tables of units and prices, against the independent pricing: line by line."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from random import Random

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.rates import Component, Line, Part, Version, charge, rounded
from tests.support.models import insert_rows, warehouse_in_memory
from tests.support.random_tariffs import UTILITY, random_components, random_part, tariff_rows

VERSION_FROM = date(2020, 1, 1)
UNIT_COLUMNS = {
    "unit_id": "INTEGER",
    "utility_id": "VARCHAR",
    "service": "VARCHAR",
    "effective_from_on": "DATE",
    "tariff_class": "VARCHAR",
    "meter_size": "VARCHAR",
    "season_day": "VARCHAR",
    **dict.fromkeys(
        (
            "months",
            "base_months",
            "usage_quantity",
            "average_quantity",
            "demand_quantity",
            "assistance_rate_usd",
        ),
        "DECIMAL(18,6)",
    ),
}
LINES = """
    SELECT
        unit_id, component, component_kind, block_no,
        CASE WHEN block_no > 0 THEN lower_bound END,
        upper_bound, quantity, unit_rate_usd, amount_usd
    FROM marts.price_units_of('units', 'components')
    ORDER BY unit_id, line_no
"""
MEASURED = ("fixed", "blocks", "seasonal_blocks", "demand", "percent")
Case = tuple[list[Component], Part]


@pytest.fixture(scope="module")
def engine():
    connection = warehouse_in_memory({}, ("price_units_of", "stg_policy__tariffs"))
    yield connection
    connection.close()


def priced(engine: duckdb.DuckDBPyConnection, cases: list[Case], *, per_line: bool) -> dict[int, list[tuple]]:
    """The engine's lines of each case; each case's price list is a class of its own."""
    classes = {str(number): components for number, (components, _) in enumerate(cases)}
    rows = tariff_rows("water", [Version(VERSION_FROM, classes)], per_line=per_line)
    engine.execute("USE raw; DELETE FROM policy_tariff_components")
    insert_rows(engine, "policy_tariff_components", rows)
    engine.execute("USE memory")
    engine.execute("CREATE OR REPLACE TEMP TABLE components AS FROM staging.stg_policy__tariffs")
    units = [
        (number, UTILITY, "water", VERSION_FROM, number, part.meter_size, f"{part.day:%m-%d}", part.months,
         part.base_months, part.usage, part.average, part.demand, part.assistance)
        for number, (_, part) in enumerate(cases)
    ]  # fmt: skip
    text = [[str(value) for value in column] for column in zip(*units, strict=True)]
    engine.register("given_units", pa.table(dict(zip(UNIT_COLUMNS, text, strict=True))))
    body = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in UNIT_COLUMNS.items())
    engine.execute(f"CREATE OR REPLACE TEMP TABLE units AS SELECT {body} FROM given_units")
    found: dict[int, list[tuple]] = defaultdict(list)
    for unit_id, *line in engine.execute(LINES).fetchall():
        found[unit_id].append(tuple(line))
    return found


def explained(line: Line) -> tuple:
    """A line in the engine's columns, rates to six decimals; what tops up or takes off is dollars at one."""
    quantity, rate = (line.quantity, line.rate) if line.kind in MEASURED else (line.amount, Decimal(1))
    return (
        line.code, line.kind, line.block_no, line.lower, line.upper, quantity, rounded(rate, 6), line.amount,
    )  # fmt: skip


def assert_agrees(engine, cases: list[Case], *, per_line: bool) -> int:
    """Line by line equal; returns how many lines were compared."""
    found, compared = priced(engine, cases, per_line=per_line), 0
    for number, (components, part) in enumerate(cases):
        expected = [explained(line) for line in charge(components, part, per_line)]
        lines = found[number]
        if not per_line:
            # Dollars of minimum, discount and percent run on with more decimals than a line shows.
            expected, lines = ([(*line[:3], line[-1]) for line in side] for side in (expected, lines))
        assert lines == expected, (components, part)
        compared += len(expected)
    return compared


def random_cases(random: Random, tariffs: int, units_each: int) -> list[Case]:
    lists = [random_components(random) for _ in range(tariffs)]
    return [(components, random_part(random, components)) for components in lists for _ in range(units_each)]


@pytest.mark.rule("R01", "R12", "R79")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.booleans())
def test_engine_and_oracle_agree_on_any_tariff(engine, random, per_line):
    assert_agrees(engine, random_cases(random, 1, 3), per_line=per_line)


@pytest.mark.parametrize("per_line", [True, False], ids=["per line", "per bill"])
@pytest.mark.parametrize("seed", range(5))
def test_engine_and_oracle_agree_on_many_tariffs(engine, seed, per_line):
    cases = random_cases(Random(seed), 200, 5)
    assert assert_agrees(engine, cases, per_line=per_line) > 2500
