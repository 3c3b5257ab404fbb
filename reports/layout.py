"""Tables and sections as both writers take them: rows of a query arranged, never added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from dashboards import formats

TEXT = "text"
KINDS = {"_usd": "usd", "_pct": "pct", "_count": "count", "_days": "count", "_on": "day"}


@dataclass(frozen=True)
class Table:
    """A table of a report.

    Attributes:
        headings: of the columns.
        kinds: of the columns: text, usd, pct, count or day; a table of lines down has one kind.
        rows: values as the query gave them.
        sums: the places of the rows that sum up others.
        title: above it; empty where the section says it.
        note: below it.
    """

    headings: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    sums: frozenset[int] = frozenset()
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One of the few that answer first.

    Attributes:
        label: what it is.
        value: the dollars; None where they are not known.
        text: as paper shows it.
        remark: its comparison or unit.
    """

    label: str
    value: Decimal | None
    text: str
    remark: str


@dataclass(frozen=True)
class Section:
    """A part of a report.

    Attributes:
        sheet: the sheet of the workbook that holds it.
        title: the question that it answers.
        sentence: what it shows.
        tables: of the sheet, from the top.
        paper: of the document.
        notes: definitions, below the tables.
        assumed: matches the subjects of assumed values that decide its figures.
    """

    sheet: str
    title: str
    sentence: str
    tables: tuple[Table, ...] = ()
    paper: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    assumed: str = ""


def kind_of(column: str) -> str:
    """How the values of a column are written, by its suffix."""
    return next((kind for suffix, kind in KINDS.items() if column.endswith(suffix)), TEXT)


def listed(
    frame: pl.DataFrame,
    headings: Mapping[str, str],
    *,
    named: Mapping[str, Callable[[str], str]] | None = None,
    is_sum: Callable[[dict], bool] = lambda row: False,
    title: str = "",
    note: str = "",
) -> Table:
    """A table with a row for each row of the query.

    Args:
        frame: what the query gave.
        headings: column to its heading, in order.
        named: column to what says its codes in words.
        is_sum: whether a row sums up others.
        title: above it.
        note: below it.
    """
    rows = frame.to_dicts()
    said = named or {}
    return Table(
        headings=tuple(headings.values()),
        kinds=tuple(kind_of(column) for column in headings),
        rows=tuple(
            tuple(said[column](row[column]) if column in said else row[column] for column in headings)
            for row in rows
        ),
        sums=frozenset(place for place, row in enumerate(rows) if is_sum(row)),
        title=title,
        note=note,
    )


def crossed(
    frame: pl.DataFrame,
    lines: Mapping[str, str],
    across: Callable[[dict], str],
    *,
    sums: Iterable[str] = (),
    corner: str = "Dollars",
    title: str = "",
    note: str = "",
) -> Table:
    """A table with a line for each column of the query, and a column for each of its rows.

    Args:
        frame: what the query gave.
        lines: column to the name of its line, in order.
        across: the heading of a row's column.
        sums: the lines that sum up others.
        corner: what the lines are, above their names.
        title: above it.
        note: below it.
    """
    rows = frame.to_dicts()
    bold = set(sums)
    kinds = {kind_of(column) for column in lines}
    if len(kinds) > 1:
        raise ValueError(f"lines of several kinds: {sorted(kinds)}")
    return Table(
        headings=(corner, *(across(row) for row in rows)),
        kinds=(TEXT, *[next(iter(kinds))] * len(rows)),
        rows=tuple((name, *(row[column] for row in rows)) for column, name in lines.items()),
        sums=frozenset(place for place, column in enumerate(lines) if column in bold),
        title=title,
        note=note,
    )


def written(value: object, kind: str) -> str:
    """A value as paper shows it; what is not known is a dash."""
    match kind:
        case "usd":
            return formats.amount(value)
        case "pct":
            return formats.pct(value)
        case "count":
            return formats.count(value)
        case "day":
            return formats.day(value)
        case _:
            return formats.plain(value)
