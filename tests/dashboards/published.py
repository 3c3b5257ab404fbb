"""A published build of the two small towns, made without dbt: the models as compiled, run into a file."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from ingest.schema import create_tables
from ratehouse.warehouse import connect, fetch
from ratehouse.workspace import Workspace
from tests.support.models import compiled_models, insert_rows

from .town import Rows

# What the books of a fund and month end say beside the ledger: the planted difference.
PLANTED = {("independence", "sewer", date(2021, 6, 30)): Decimal("12.34")}

AUDIT = """
create schema audit;
create table audit.build (
    build_id varchar, built_at timestamp, raw_load_id_max bigint, previous_build_id varchar,
    ratehouse_version varchar, audit_mark varchar
);
create table audit.results (
    kind varchar, name varchar, subject varchar, severity varchar, status varchar, passed boolean,
    failing_count bigint, detail varchar
);
insert into audit.results values
    ('dbt test', 'fct_ledger_sums_to_rollforward', 'fct_ledger', 'error', 'passed', true, 0, null),
    ('dbt test', 'unique_fct_ledger_posting_id', 'fct_ledger', 'error', 'passed', true, 0, null),
    ('expectation', 'payments_arrive_daily', 'payments', 'warn', 'failed', false, 3,
     'No payments on 3 business days: 7 to 9 December 2020');
"""


def write_build(
    workspace: Workspace, build_id: str, rows: Rows, *, previous: str | None = None,
    audit_mark: str = "passed with warnings", books: bool = True,
) -> Path:  # fmt: skip
    """Writes a build's file and makes it current."""
    path = workspace.build_database(build_id)
    with connect(path) as connection:
        _models(connection, rows)
        if books:
            _models(connection, rows | {"ledger_balances": _books(connection)})
        connection.execute(AUDIT)
        connection.execute(
            "insert into audit.build values (?, '2021-07-01 06:10:00', 12, ?, '0.1.0', ?)",
            [build_id, previous, audit_mark],
        )
    pointer = {
        "build_id": build_id,
        "file": f"builds/{build_id}.duckdb",
        "published_at": "2021-07-01T06:12:00",
        "audit_mark": audit_mark,
        "previous": previous,
    }
    workspace.pointer.write_text(json.dumps(pointer), encoding="utf-8")
    return path


def _models(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    target = connection.execute("select current_database()").fetchone()[0]
    connection.execute("ATTACH ':memory:' AS raw")
    connection.execute("USE raw")
    create_tables(connection)
    for table, table_rows in rows.items():
        insert_rows(connection, table, table_rows)
    connection.execute(f'USE "{target}"')
    for schema in ("staging", "intermediate", "marts"):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for model in compiled_models():
        model.make(connection)
    connection.execute("DETACH raw")


def _books(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """Ledger balances that agree with the build except for what is planted."""
    closings = fetch(
        connection, "select utility_id, fund, month_end_on, closing_usd from marts.rpt_receivable_rollforward"
    )
    return [
        {
            "utility_id": row["utility_id"], "fund": row["fund"], "line": "receivable", "scenario": "actual",
            "fiscal_year": row["month_end_on"].year + (row["month_end_on"].month >= 7),
            "period": (row["month_end_on"].month + 5) % 12 + 1,
            "amount": row["closing_usd"]
            - PLANTED.get((row["utility_id"], row["fund"], row["month_end_on"]), Decimal(0)),
        }
        for row in closings.iter_rows(named=True)
    ]  # fmt: skip
