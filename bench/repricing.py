"""What would be billed under a changed tariff: from determinants, bill by bill in SQL, in a plain script."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from bench.measure import timed_runs
from bench.plain_pricing import PRICES, UNITS, price_lists, revenue
from ratehouse.warehouse import connect

WAYS = ("determinants", "bills", "script")
YEARS = "SELECT DISTINCT fiscal_year FROM marts.fct_billing_determinants ORDER BY fiscal_year"
# 3.5 % more of every price, and a dearer block beyond the first eight units of the last one of water.
CHANGED = """
CREATE OR REPLACE TEMP TABLE changed AS
WITH prices AS (
    SELECT
        *,
        component_kind = 'blocks' AND service = 'water' AND upper_bound IS NULL AS is_split
    FROM marts.dim_tariffs
)
SELECT
    * EXCLUDE (is_split) REPLACE (
        CASE WHEN is_split THEN CAST(lower_bound + 8 AS DECIMAL(18, 6)) ELSE upper_bound END AS upper_bound,
        CASE
            WHEN component_kind IN ('percent', 'discount') THEN unit_rate_usd
            ELSE CAST(unit_rate_usd * 1.035 AS DECIMAL(18, 6))
        END AS unit_rate_usd,
        'half_up_cents_per_line' AS rounding
    )
FROM prices
UNION ALL
SELECT
    * EXCLUDE (is_split) REPLACE (
        CAST(lower_bound + 8 AS DECIMAL(18, 6)) AS lower_bound,
        block_no + 1 AS block_no,
        CAST(unit_rate_usd * 1.25 AS DECIMAL(18, 6)) AS unit_rate_usd,
        'half_up_cents_per_line' AS rounding
    )
FROM prices
WHERE is_split
"""
# What a page does: the distinct units of the years asked for are priced once and counted.
OF_DETERMINANTS = f"""
CREATE OR REPLACE TEMP TABLE units AS
SELECT DISTINCT unit_id, {UNITS}
FROM marts.fct_billing_determinants
WHERE fiscal_year BETWEEN {{first}} AND {{last}}
"""
FROM_DETERMINANTS = """
WITH priced AS (
    SELECT unit_id, sum(amount_usd) AS amount_usd
    FROM marts.price_units_of('units', 'changed')
    GROUP BY unit_id
)
SELECT service || ' ' || customer_class, sum(priced.amount_usd * determinants.unit_count)
FROM marts.fct_billing_determinants AS determinants
INNER JOIN priced ON determinants.unit_id = priced.unit_id
WHERE determinants.fiscal_year BETWEEN {first} AND {last}
GROUP BY 1
"""
# Every part of every bill; a cancelled bill is taken off in the year of its cancellation.
OF_BILLS = """
CREATE OR REPLACE TEMP TABLE units AS
WITH counted AS (
    SELECT utility_id, bill_id, customer_class, fiscal_year, 1 AS sign
    FROM intermediate.int_billing__bill_contexts
    WHERE bill_kind != 'cancel'
    UNION ALL
    SELECT
        contexts.utility_id, bill_id, customer_class,
        CASE
            WHEN fiscal_year_start_month > 1 AND month(cancelled_on) >= fiscal_year_start_month
                THEN year(cancelled_on) + 1
            ELSE year(cancelled_on)
        END,
        -1
    FROM intermediate.int_billing__bill_contexts AS contexts
    INNER JOIN marts.dim_utilities AS utilities ON contexts.utility_id = utilities.utility_id
    WHERE bill_kind != 'cancel' AND cancelled_on IS NOT NULL
)
SELECT row_number() OVER () AS unit_id, parts.* EXCLUDE (bill_id), counted.customer_class, counted.sign
FROM intermediate.int_billing__bill_parts AS parts
INNER JOIN counted ON parts.utility_id = counted.utility_id AND parts.bill_id = counted.bill_id
WHERE counted.fiscal_year BETWEEN {first} AND {last}
"""
FROM_BILLS = """
WITH priced AS (
    SELECT unit_id, sum(amount_usd) AS amount_usd
    FROM marts.price_units_of('units', 'changed')
    GROUP BY unit_id
)
SELECT service || ' ' || customer_class, sum(priced.amount_usd * units.sign)
FROM units
INNER JOIN priced ON units.unit_id = priced.unit_id
GROUP BY 1
"""
BATCH = 200_000
LONG_SECONDS = 20.0
Span = tuple[int, int]


@dataclass
class Asked:
    """Seconds, how many units were priced, and dollars by service and class."""

    seconds: float = 0.0
    units: int = 0
    dollars: dict[str, Decimal] = field(default_factory=dict)

    def add(self, seconds: float, units: int, dollars: dict[str, Decimal]) -> None:
        """One part of the work more."""
        self.seconds += seconds
        self.units += units
        for name, amount in dollars.items():
            self.dollars[name] = self.dollars.get(name, Decimal(0)) + amount

    def answer(self) -> dict[str, list[str]]:
        """Comparable to the cent."""
        return {name: [f"{amount:.2f}"] for name, amount in sorted(self.dollars.items()) if amount}


def spans(connection: duckdb.DuckDBPyConnection) -> list[Span]:
    """The fiscal year before the last, which is complete, and all of them."""
    years = [year for (year,) in connection.execute(YEARS).fetchall()]
    if not years:
        raise SystemExit("The build has no billing determinant.")
    return [(years[-2:][0],) * 2, (years[0], years[-1])]


def from_determinants(connection: duckdb.DuckDBPyConnection, span: Span) -> Asked:
    """To find the distinct units is part of the time."""
    started = time.perf_counter()
    connection.execute(OF_DETERMINANTS.format(first=span[0], last=span[1]))
    rows = connection.execute(FROM_DETERMINANTS.format(first=span[0], last=span[1])).fetchall()
    return Asked(time.perf_counter() - started, _units(connection), dict(rows))


def from_bills(connection: duckdb.DuckDBPyConnection, span: Span) -> Asked:
    """Year after year, so that memory suffices; to lay the parts out is no part of the time."""
    asked = Asked()
    for year in range(span[0], span[1] + 1):
        connection.execute(OF_BILLS.format(first=year, last=year))
        started = time.perf_counter()
        rows = connection.execute(FROM_BILLS).fetchall()
        asked.add(time.perf_counter() - started, _units(connection), dict(rows))
    return asked


def from_script(connection: duckdb.DuckDBPyConnection, span: Span) -> Asked:
    """To read the rows is no part of the time."""
    connection.execute(OF_BILLS.format(first=span[0], last=span[1]))
    lists = price_lists(connection.execute(PRICES).fetchall())
    asked = Asked()
    cursor = connection.execute(f"SELECT customer_class, sign, {UNITS} FROM units")
    while rows := cursor.fetchmany(BATCH):
        started = time.perf_counter()
        dollars = revenue(lists, rows)
        asked.add(time.perf_counter() - started, len(rows), dollars)
    return asked


ASKED = dict(zip(WAYS, (from_determinants, from_bills, from_script), strict=True))


def _units(connection: duckdb.DuckDBPyConnection) -> int:
    return connection.execute("SELECT count(*) FROM units").fetchone()[0]


def ask(build: Path, way: str) -> list[dict[str, object]]:
    """Time, answer and number of units for each span of years; a script gets one year only.

    Args:
        build: the published build, opened read-only.
        way: one of `WAYS`.
    """
    connection = connect(build, read_only=True)
    connection.execute(CHANGED)
    asked = []
    for span in spans(connection)[: 1 if way == "script" else 2]:
        first = ASKED[way](connection, span)  # not counted, it warms; unless it takes long
        seconds = [first.seconds]
        if first.seconds < LONG_SECONDS:
            seconds = timed_runs(lambda span=span: ASKED[way](connection, span).seconds)
        name = f"fiscal year {span[0]}" if span[0] == span[1] else f"{span[1] - span[0] + 1} fiscal years"
        asked.append({"day": name, "seconds": seconds, "rows": first.units, "answer": first.answer()})
    connection.close()
    return asked


def main() -> None:
    """What `python -m bench.repricing` does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--way", choices=WAYS, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.write_text(json.dumps(ask(options.build, options.way)), encoding="utf-8")


if __name__ == "__main__":
    main()
