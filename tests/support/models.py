"""The project's own SQL, compiled once by dbt and run on rows that a test writes, in memory.

dbt takes seconds to start; a property test needs hundreds of small warehouses. So dbt compiles the models
once and what it compiled is executed here in the order of its graph.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pyarrow as pa
from filelock import FileLock

from ingest.schema import create_tables, raw_tables
from ratehouse.warehouse import connect
from ratehouse.workspace import DBT_PROJECT

ANY_DAY = "1111-11-11"


@dataclass(frozen=True)
class CompiledModel:
    """A model as dbt compiled it."""

    name: str
    schema: str
    materialized: str
    parameters: tuple[str, ...]
    sql: str
    depends_on: frozenset[str]
    language: str
    path: str

    def statement(self) -> str:
        """The DDL that makes the model in DuckDB."""
        relation = f'"{self.schema}"."{self.name}"'
        if self.materialized == "table_function":
            return (
                f"CREATE OR REPLACE FUNCTION {relation}({', '.join(self.parameters)}) AS TABLE ({self.sql})"
            )
        kind = "VIEW" if self.materialized == "view" else "TABLE"
        return f"CREATE OR REPLACE {kind} {relation} AS ({self.sql}\n)"

    def make(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the model on a connection, as dbt does."""
        if self.language == "sql":
            connection.execute(self.statement())
            return
        spec = importlib.util.spec_from_file_location(self.name, DBT_PROJECT / self.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made = module.model(_Dbt(), connection)
        connection.register("made_rows", made)
        connection.execute(f'CREATE OR REPLACE TABLE "{self.schema}"."{self.name}" AS FROM made_rows')
        connection.unregister("made_rows")


class _Dbt:
    """What a Python model of the project asks of dbt: everything that it needs is there already."""

    def config(self, **_: object) -> None:
        """Settings are dbt's."""

    def ref(self, name: str) -> None:
        """Dependencies are read from the manifest."""


def compiled_models(as_of: str = "") -> tuple[CompiledModel, ...]:
    """Every model of the project, parents first; compiled again when a file of the project changes.

    dbt compiles once for all as-of dates: it writes the date into the SQL as it is given.
    """
    if not as_of:
        return _compiled_for("")
    return tuple(replace(model, sql=model.sql.replace(ANY_DAY, as_of)) for model in _compiled_for(ANY_DAY))


@lru_cache(maxsize=2)
def _compiled_for(as_of: str) -> tuple[CompiledModel, ...]:
    digest = hashlib.sha256(as_of.encode())
    for path in sorted(path for path in DBT_PROJECT.rglob("*") if path.suffix in {".sql", ".yml", ".py"}):
        digest.update(path.read_bytes())
    kept = Path(tempfile.gettempdir()) / f"ratehouse-models-{digest.hexdigest()[:16]}.json"
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            kept.write_text(json.dumps(_compile(as_of)))
    models = json.loads(kept.read_text())
    order = TopologicalSorter({
        key: [parent for parent in node["depends_on"]["nodes"] if parent in models]
        for key, node in models.items()
    }).static_order()  # fmt: skip
    return tuple(_compiled(models[key]) for key in order)


def _compile(as_of: str) -> dict[str, dict]:
    """The models' entries in the manifest that dbt writes."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.duckdb"
        with duckdb.connect(str(raw)) as connection:
            create_tables(connection)
        command = [
            sys.executable, "-m", "dbt.cli.main", "--quiet", "compile", "--project-dir", str(DBT_PROJECT),
            "--profiles-dir", str(DBT_PROJECT), "--target-path", folder, "--log-path", folder,
            "--vars", json.dumps({"as_of": as_of}),
        ]  # fmt: skip
        files = {"RATEHOUSE_RAW": str(raw), "RATEHOUSE_BUILD": str(Path(folder) / "build.duckdb")}
        result = subprocess.run(command, env=os.environ | files, capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(f"dbt could not compile the project:\n{result.stdout}{result.stderr}")
        manifest = json.loads((Path(folder) / "manifest.json").read_text())
    fields = ("name", "schema", "config", "compiled_code", "depends_on", "language", "original_file_path")
    return {
        key: {field: node[field] for field in fields}
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }


def _compiled(node: dict) -> CompiledModel:
    parameters = node["config"].get("parameters") or []
    return CompiledModel(
        name=node["name"],
        schema=node["schema"],
        materialized=node["config"]["materialized"],
        parameters=tuple([parameters] if isinstance(parameters, str) else parameters),
        sql=node["compiled_code"],
        depends_on=frozenset(parent.split(".")[-1] for parent in node["depends_on"]["nodes"]),
        language=node["language"],
        path=node["original_file_path"],
    )


def _needed(targets: Iterable[str]) -> set[str]:
    by_name = {model.name: model for model in compiled_models()}
    needed: set[str] = set()
    waiting = list(targets)
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            waiting.extend(by_name[name].depends_on)
    return needed


def warehouse_in_memory(
    rows: Mapping[str, list[dict]], targets: Iterable[str], *, as_of: str = ""
) -> duckdb.DuckDBPyConnection:
    """A warehouse of the given raw rows with the models `targets` and all that they need.

    Args:
        rows: raw table name to rows; a column that a row leaves out is null.
        targets: names of models.
        as_of: the build's as-of date, `YYYY-MM-DD`; empty as in a build without `--as-of`.
    """
    connection = connect()
    connection.execute("ATTACH ':memory:' AS raw")
    connection.execute("USE raw")
    create_tables(connection)
    for table, table_rows in rows.items():
        insert_rows(connection, table, table_rows)
    connection.execute("USE memory")
    _make_models(connection, targets, as_of)
    return connection


def warehouse_on(raw_database: Path, targets: Iterable[str], *, as_of: str = "") -> duckdb.DuckDBPyConnection:
    """The same on a raw database that ingest has written."""
    connection = connect()
    connection.execute(f"ATTACH '{raw_database}' AS raw (READ_ONLY)")
    _make_models(connection, targets, as_of)
    return connection


def _make_models(connection: duckdb.DuckDBPyConnection, targets: Iterable[str], as_of: str) -> None:
    for schema in ("staging", "intermediate", "marts"):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    needed = _needed(targets)
    for model in compiled_models(as_of):
        if model.name in needed:
            model.make(connection)


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    """Adds rows to a raw table of the current database; values are cast to the column's type."""
    if not rows:
        return
    columns = raw_tables()[table]
    unknown = {name for row in rows for name in row} - set(columns)
    if unknown:
        raise KeyError(f"{table} has no column {sorted(unknown)}")
    text = {
        name: pa.array([None if row.get(name) is None else str(row[name]) for row in rows], pa.string())
        for name in columns
    }
    connection.register("given_rows", pa.table(text))
    body = ", ".join(f"CAST({name} AS {kind})" for name, kind in columns.items())
    connection.execute(f"INSERT INTO {table} SELECT {body} FROM given_rows")
    connection.unregister("given_rows")


def warehouse_on_rows(
    given: Mapping[str, list[dict]], targets: Iterable[str], rows: Mapping[str, list[dict]]
) -> duckdb.DuckDBPyConnection:
    """The models `targets` on rows of other models that a test gives, as `warehouse_in_memory` on raw rows.

    Args:
        given: model name to its rows, in place of its own; a column that a row leaves out is null.
        targets: names of models; they and what lies between them and the given ones are made on the rows.
        rows: raw rows, as of `warehouse_in_memory`, for what is not given.
    """
    connection = warehouse_in_memory(rows, given)
    by_name = {model.name: model for model in compiled_models()}
    for name, given_rows in given.items():
        relation = f'"{by_name[name].schema}"."{name}"'
        connection.execute(f"CREATE TABLE given_rows AS SELECT * FROM {relation} LIMIT 0")
        connection.execute(f"DROP {'VIEW' if by_name[name].materialized == 'view' else 'TABLE'} {relation}")
        connection.execute(f"CREATE TABLE {relation} AS FROM given_rows")
        connection.execute("DROP TABLE given_rows")
        for row in given_rows:
            places = ", ".join("?" for _ in row)
            insert = f"INSERT INTO {relation} ({', '.join(row)}) VALUES ({places})"
            connection.execute(insert, list(row.values()))
    needed = _needed(targets) - _needed(given)
    for model in compiled_models():
        if model.name in needed:
            model.make(connection)
    return connection
