"""The only module that opens DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from ratehouse.errors import UsageError, WorkspaceLocked
from ratehouse.workspace import MEMORY_LIMIT

# Extensions cannot be fetched on a closed network; a build must not depend on one that happens to be there.
SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": MEMORY_LIMIT,
}


def connect(database: Path | None = None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Opens a DuckDB file, or one in memory.

    Args:
        database: the file; None for memory.
        read_only: open without the right to write; several processes may.

    Raises:
        UsageError: the file to be read does not exist.
        WorkspaceLocked: another process holds the file for writing.
    """
    if database is None:
        return duckdb.connect(":memory:", config=SETTINGS)
    if read_only and not database.exists():
        raise UsageError(f"{database} does not exist. Run `ratehouse run` first.")
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        return duckdb.connect(str(database), read_only=read_only, config=SETTINGS)
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise WorkspaceLocked(
            f"{database} is open for writing in another process. Wait until it ends, then try again."
        ) from error


@contextmanager
def asking(build: Path | str) -> Iterator[None]:
    """Around questions to a build.

    Raises:
        UsageError: the build lacks a mart or a column that is asked for: an earlier version made it.
    """
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise UsageError(
            f"{build} was made by an earlier version of ratehouse and does not hold all that is asked of it. "
            "Use `ratehouse build`; the raw tables are unchanged."
        ) from error


@contextmanager
def reading(build: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads a build; raises as `asking` does."""
    connection = connect(build, read_only=True)
    try:
        with asking(build):
            yield connection
    finally:
        connection.close()


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: commits at the end, rolls back when anything is raised."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def fetch(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict | list | None = None
) -> pl.DataFrame:
    """Rows of a query as polars; DECIMAL stays DECIMAL (a pandas frame would turn money into floats)."""
    return pl.from_arrow(connection.sql(sql, params=parameters).to_arrow_table())
