"""Asks the published build: opens what the pointer names, read-only, and follows the pointer when it moves.

A page takes the build once and asks it for everything, so that all of its figures are of one build even
when another is published
meanwhile. Answers are kept by build, question and parameters: a build never changes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl
import streamlit as st

from ratehouse.errors import UsageError
from ratehouse.warehouse import asking, connect, fetch
from ratehouse.workspace import DEFAULT_WORKSPACE, Workspace

QUERIES = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Build:
    """A build of the warehouse that can be asked.

    Attributes:
        build_id: its name.
        path: its file.
        audit_mark: `passed`, `passed with warnings` or `failed`; None for the build before the current one.
        published_at: when it became current, ISO format.
        previous: the build that was current before.
    """

    build_id: str
    path: str
    audit_mark: str | None = None
    published_at: str | None = None
    previous: str | None = None


def workspace() -> Workspace:
    """The workspace that the environment names, else the default one."""
    return Workspace.at(os.environ.get("RATEHOUSE_WORKSPACE") or DEFAULT_WORKSPACE)


def current_build() -> Build | None:
    """The build that the pointer names now; None where nothing was published yet.

    Raises:
        UsageError: the pointer cannot be read, or names a build whose file is gone.
    """
    place = workspace()
    try:
        pointer = json.loads(place.pointer.read_text(encoding="utf-8"))
        build_id = pointer["build_id"]
    except FileNotFoundError:
        return None
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise UsageError(f"{place.pointer.name} does not name a build. Run `ratehouse run` again.") from error
    path = place.build_database(build_id).resolve()
    if not path.exists():
        raise UsageError(f"The file of build {build_id} is gone. Run `ratehouse run` again.")
    return Build(
        build_id=build_id,
        path=str(path),
        audit_mark=pointer.get("audit_mark"),
        published_at=pointer.get("published_at"),
        previous=pointer.get("previous"),
    )


def build_before(build: Build) -> Build | None:
    """The build before, where there was one and its file is still kept."""
    if not build.previous:
        return None
    path = workspace().build_database(build.previous).resolve()
    return Build(build_id=build.previous, path=str(path)) if path.exists() else None


@lru_cache(maxsize=128)
def question_sql(question: str) -> str:
    """The SQL of a question: a file of `queries/`."""
    return (QUERIES / f"{question}.sql").read_text(encoding="utf-8")


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    connection.close()


@st.cache_resource(max_entries=4, show_spinner=False, on_release=_close)
def _connection(path: str) -> duckdb.DuckDBPyConnection:
    return connect(Path(path), read_only=True)


@st.cache_data(max_entries=128, show_spinner=False)
def _answer(path: str, question: str, parameters: dict[str, object]) -> pl.DataFrame:
    cursor = _connection(path).cursor()
    try:
        with asking(path):
            return fetch(cursor, question_sql(question), parameters)
    finally:
        cursor.close()


def ask(build: Build, question: str, **parameters: object) -> pl.DataFrame:
    """The rows that answer a question.

    Args:
        build: which build to ask.
        question: the name of a file of `queries/`.
        parameters: what the query's `$names` stand for; they are bound, never written into the text.
    """
    return _answer(build.path, question, parameters)


@dataclass(frozen=True)
class Asked:
    """A question whose rows another question reads, made where they are read.

    Attributes:
        question: the name of a file of `queries/`.
        parameters: what the query's `$names` stand for.
    """

    question: str
    parameters: Mapping[str, object]


# Streamlit's own hash of a frame reads only its first and last ten rows: an edit between them would be
# answered with what was kept for another.
KEPT_BY = {
    Asked: lambda asked: (asked.question, dict(asked.parameters)),
    pl.DataFrame: lambda rows: rows.write_ipc(None).getvalue(),
}


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs=KEPT_BY)
def _answer_over(
    path: str, question: str, given: dict[str, pl.DataFrame | Asked], parameters: dict[str, object]
) -> pl.DataFrame:
    # A temporary table is seen by the cursor that made it and by no other, and goes with it.
    cursor = _connection(path).cursor()
    try:
        with asking(path):
            for name, rows in given.items():
                if isinstance(rows, Asked):
                    sql = f"create temp table {name} as {question_sql(rows.question)}"
                    cursor.execute(sql, dict(rows.parameters))
                else:
                    cursor.register(name, rows.to_arrow())
            return fetch(cursor, question_sql(question), parameters)
    finally:
        cursor.close()


def ask_over(
    build: Build, question: str, given: Mapping[str, pl.DataFrame | Asked], **parameters: object
) -> pl.DataFrame:
    """The rows that answer a question about tables that the build does not hold, such as other prices.

    Args:
        build: which build to ask.
        question: the name of a file of `queries/`.
        given: name of each table that the query reads beside the marts, and its rows.
        parameters: what the query's `$names` stand for.
    """
    return _answer_over(build.path, question, dict(given), parameters)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=KEPT_BY)
def _answers_in_steps(
    path: str, given: dict[str, pl.DataFrame], steps: dict[str, Asked]
) -> dict[str, pl.DataFrame]:
    cursor = _connection(path).cursor()
    try:
        with asking(path):
            for name, rows in given.items():
                cursor.register(name, rows.to_arrow())
            found = {}
            for name, asked in steps.items():
                cursor.execute(
                    f"create temp table {name} as {question_sql(asked.question)}", dict(asked.parameters)
                )
                found[name] = fetch(cursor, f"from {name}")
            return found
    finally:
        cursor.close()


def ask_in_steps(
    build: Build, given: Mapping[str, pl.DataFrame], steps: Mapping[str, Asked]
) -> dict[str, pl.DataFrame]:
    """The rows of several questions, each of which may read the answers before it by their names.

    Args:
        build: which build to ask.
        given: name of each table that the first questions read beside the marts, and its rows.
        steps: name of each answer to its question, in order.
    """
    return _answers_in_steps(build.path, dict(given), dict(steps))


def cursor_of(build: Build) -> duckdb.DuckDBPyConnection:
    """A cursor of its own on the build, for a program that asks many times; whoever takes it closes it."""
    return _connection(build.path).cursor()
