"""Asks a published build for its aging on several days, in a process and memory of its own."""

from __future__ import annotations

import argparse
import json
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from bench import queries
from bench.measure import timed_runs
from ratehouse.warehouse import connect

SHARES = (0.25, 0.5, 0.75, 1.0)
SPAN = "SELECT min(posted_on), max(posted_on) FROM marts.fct_ledger"
AGING_ROWS = "SELECT count(*) FROM marts.aging_as_of(DATE '{day}', 'due_date')"
OPEN_ROWS = "SELECT count(*) FROM debits WHERE posted_on <= DATE '{day}'"


def days_asked(connection: duckdb.DuckDBPyConnection) -> list[date]:
    """Days spread over the history; the last is its end."""
    first, last = connection.execute(SPAN).fetchone() or (None, None)
    if first is None:
        raise SystemExit("The build has no posting.")
    return [first + timedelta(days=int((last - first).days * share)) for share in SHARES]


def ask(build: Path, way: str) -> list[dict[str, object]]:
    """Time and answer for each day.

    Args:
        build: the published build, opened read-only.
        way: `ratehouse` for the function of the marts, `ledger` for the definition over the ledger alone.
    """
    connection = connect(build, read_only=True)
    if way == "ledger":
        # Names and queries are constants of bench; DDL takes no parameters.
        for table in queries.LEDGER_TABLES:
            connection.execute(f"CREATE TEMP VIEW {table.name} AS {table.source}")
    text, counted = (queries.RATEHOUSE, AGING_ROWS) if way == "ratehouse" else (queries.LEDGER, OPEN_ROWS)
    asked = []
    for day in days_asked(connection):
        query = queries.on_day(text, day)

        answer = queries.answer(connection.execute(query).fetchall())  # not counted: it warms

        def once(query: str = query) -> float:
            started = time.perf_counter()
            connection.execute(query).fetchall()
            return time.perf_counter() - started

        asked.append(
            {
                "day": day.isoformat(),
                "seconds": timed_runs(once),
                "rows": connection.execute(queries.on_day(counted, day)).fetchone()[0],
                "answer": answer,
            }
        )
    connection.close()
    return asked


def main() -> None:
    """What `python -m bench.aging` does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--way", choices=("ratehouse", "ledger"), required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.write_text(json.dumps(ask(options.build, options.way)), encoding="utf-8")


if __name__ == "__main__":
    main()
