"""Small questions to DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

Values = Sequence[object] | Mapping[str, object]


def first_row(connection: duckdb.DuckDBPyConnection, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
    """The first row of a result, or None.

    The result is read to its end: DuckDB refuses further work on a connection while one is unfinished.
    """
    rows = connection.execute(sql, values).fetchall()
    return rows[0] if rows else None


def one_number(connection: duckdb.DuckDBPyConnection, sql: str, values: Values = ()) -> int:
    """The one number of a result; 0 for none."""
    row = first_row(connection, sql, values)
    return int(row[0] or 0) if row else 0
