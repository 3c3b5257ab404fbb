"""A mart as a file: CSV or Parquet, with the mark of simulated data in every row."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ratehouse.errors import UsageError
from ratehouse.warehouse import connect

ROWS_AT_ONCE = 100_000
FORMATS = (".csv", ".parquet")
# Spreadsheets take a cell that begins with one of these for a formula.
FORMULA_START = r"^[=+\-@\t\r\n]"

TABLES = """
    SELECT table_name, list(column_name ORDER BY column_index)
    FROM duckdb_columns()
    WHERE database_name = current_database() AND schema_name = 'marts'
    GROUP BY table_name
"""
FUNCTIONS = """
    SELECT function_name, parameters
    FROM duckdb_functions()
    WHERE database_name = current_database() AND schema_name = 'marts' AND function_type = 'table_macro'
"""
RANGE = """
    SELECT min(first_posted_on), max(as_of_on) FROM marts.dim_utilities
    WHERE $utility_id IS NULL OR utility_id = $utility_id
"""
UTILITIES = "SELECT utility_id, data_mark FROM marts.dim_utilities ORDER BY utility_id"


@dataclass(frozen=True)
class Request:
    """What is to be exported.

    Attributes:
        mart: its name.
        utility_id: only this utility; None for all.
        as_of: the date that a mart as of any date is asked for.
        basis: what its age counts from, `due_date` or `bill_date`.
    """

    mart: str
    utility_id: str | None = None
    as_of: date | None = None
    basis: str = "due_date"


def export(database: Path, request: Request, out: Path) -> int:
    """Writes a mart to a file; the file appears when it is complete.

    Args:
        database: the build.
        request: what to write.
        out: the file; its ending says the format.

    Returns:
        The number of rows.

    Raises:
        UsageError: there is no such mart, utility or folder, a date is missing or not in the build, or the
            file's ending is not known.
    """
    _check_file(out)
    connection = connect(database, read_only=True)
    try:
        sql, parameters = _query(connection, request)
        batches = connection.sql(sql, params=parameters).to_arrow_reader(ROWS_AT_ONCE)
        partial = out.with_name(f".{out.name}.{os.getpid()}")
        try:
            write = _write_csv if out.suffix.lower() == ".csv" else _write_parquet
            rows = write(batches, partial)
            os.replace(partial, out)
        finally:
            # A result that is not read to its end keeps the engine busy.
            batches.close()
            partial.unlink(missing_ok=True)
    finally:
        connection.close()
    return rows


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it; numbers stay."""
    text = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(FORMULA_START))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in text
    )


def _check_file(out: Path) -> None:
    if out.suffix.lower() not in FORMATS:
        raise UsageError(f"--out {out}: end the name in {' or '.join(FORMATS)}; the ending says the format.")
    if out.is_dir():
        raise UsageError(f"--out {out}: is a folder. Name a file in it.")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {out.parent}. Make it first, or name another.")


def _query(connection: duckdb.DuckDBPyConnection, request: Request) -> tuple[str, dict[str, object]]:
    """The SQL of an export; names come from the build's own catalogue, values are bound."""
    tables = dict(connection.execute(TABLES).fetchall())
    functions = dict(connection.execute(FUNCTIONS).fetchall())
    marks = dict(connection.execute(UTILITIES).fetchall())
    if request.utility_id is not None and request.utility_id not in marks:
        raise UsageError(f"Unknown utility {request.utility_id}. The build has: {', '.join(marks)}.")
    values: dict[str, object] = {}
    if request.mart in tables:
        relation, columns = f'marts."{request.mart}"', tables[request.mart]
        if request.as_of:
            raise UsageError(
                f"{request.mart} holds every date there is; --as-of is for {', '.join(sorted(functions))}."
            )
    elif request.mart in functions:
        relation, values = _call(request, functions[request.mart])
        if "as_of" in values:
            _refuse_day_out_of_range(connection, request)
        columns = [
            column[0] for column in connection.execute(f"FROM {relation} LIMIT 0", values).description or ()
        ]
    else:
        raise UsageError(f"No mart {request.mart}. There are: {', '.join(sorted([*tables, *functions]))}.")
    has_utility = "utility_id" in columns
    marked = any(marks.values())
    selected = ", ".join(f'mart."{name}"' for name in columns if not (marked and name == "data_mark"))
    condition = ""
    if request.utility_id and has_utility:
        condition, values["utility_id"] = " WHERE mart.utility_id = $utility_id", request.utility_id
    if not marked:
        return f"SELECT {selected} FROM {relation} AS mart{condition}", values
    if has_utility:
        join = " LEFT JOIN marts.dim_utilities AS marks ON mart.utility_id = marks.utility_id"
        return f"SELECT {selected}, marks.data_mark FROM {relation} AS mart{join}{condition}", values
    values["data_mark"] = " ".join(mark for mark in marks.values() if mark)
    return f"SELECT {selected}, $data_mark AS data_mark FROM {relation} AS mart", values


def _call(request: Request, parameters: list[str]) -> tuple[str, dict[str, object]]:
    """A mart as of any date, called."""
    known: dict[str, object] = {"as_of": request.as_of, "basis": request.basis}
    if not set(parameters) <= set(known):
        raise UsageError(f"{request.mart} takes {', '.join(parameters)}, which an export cannot give.")
    if "as_of" in parameters and request.as_of is None:
        raise UsageError(
            f"{request.mart} needs a date. "
            f"Try `ratehouse export {request.mart} --as-of 2021-06-30 --out {request.mart}.csv`."
        )
    arguments = ", ".join(f"${name}" for name in parameters)
    return f'marts."{request.mart}"({arguments})', {name: known[name] for name in parameters}


def _refuse_day_out_of_range(connection: duckdb.DuckDBPyConnection, request: Request) -> None:
    """A day that the build knows nothing of would be answered like any other."""
    known = connection.execute(RANGE, {"utility_id": request.utility_id}).fetchone()
    first, last = known or (None, None)
    if not (first and last and request.as_of):
        return
    if not first <= request.as_of <= last:
        whose = f" of {request.utility_id}" if request.utility_id else ""
        raise UsageError(
            f"--as-of {request.as_of}: the build's figures{whose} go from {first} to {last}. Name a day of "
            "these."
        )


def _frames(batches: pa.RecordBatchReader) -> Iterator[pl.DataFrame]:
    yield pl.from_arrow(batches.schema.empty_table())
    for batch in batches:
        yield pl.from_arrow(pa.Table.from_batches([batch]))


def _write_csv(batches: pa.RecordBatchReader, path: Path) -> int:
    rows = 0
    with path.open("wb") as file:
        for number, frame in enumerate(_frames(batches)):
            neutralised(frame).write_csv(file, include_header=number == 0)
            rows += frame.height
    return rows


def _write_parquet(batches: pa.RecordBatchReader, path: Path) -> int:
    rows = 0
    with pq.ParquetWriter(path, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
