"""Tables as text: HTML for a page, CSV for a download. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape

import polars as pl

from dashboards import formats

# A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def html_table(
    rows: pl.DataFrame, labels: Mapping[str, str], *, has_total: bool = False, tall: str = ""
) -> str:
    """The named columns of the rows, numbers to the right.

    Args:
        rows: what to show; texts are escaped.
        labels: column to header, in order.
        has_total: whether the last row is a total.
        tall: what a table of many rows is called, which scrolls under its header; empty where all rows show.
    """
    scrolls = f' rh-tall" tabindex="0" aria-label="{escape(tall)}"' if tall else '"'
    parts = [f'<div class="rh-scroll{scrolls}><table class="rh"><thead><tr>']
    parts += [f"<th{_side(column)}>{escape(label)}</th>" for column, label in labels.items()]
    parts.append("</tr></thead><tbody>")
    for number, row in enumerate(rows.iter_rows(named=True), start=1):
        parts.append('<tr class="total">' if has_total and number == rows.height else "<tr>")
        parts += [
            f"<td{_side(column)}>{escape(formats.formatter(column)(row[column]))}</td>" for column in labels
        ]
        parts.append("</tr>")
    parts.append("</tbody></table></div>")
    return "".join(parts)


def _side(column: str) -> str:
    if formats.is_numeric(column):
        return ' class="n"'
    return ' class="d"' if column.endswith("_on") else ""


def credit_below_zero(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as shown: unapplied credit negative, so that the columns of a row add to its total."""
    return rows.with_columns(-pl.col("unapplied_usd"))


def with_total(
    rows: pl.DataFrame, name_column: str, name: str = "Total", counts: Collection[str] = ()
) -> pl.DataFrame:
    """The rows and one more: the sums of the money columns, where each row has a value.

    Args:
        rows: what to add up.
        name_column: where the last row is named.
        name: what it is called.
        counts: further columns that may be added up: nothing is counted in two rows.
    """
    total = {
        column: rows[column].sum()
        if (column.endswith("_usd") or column in counts) and rows[column].null_count() == 0
        else None
        for column in rows.columns
    }
    last = pl.DataFrame([total | {name_column: name}], schema=rows.schema)
    return pl.concat([rows, last])


def neutral(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with an apostrophe before every text that a spreadsheet would take for a formula."""
    return rows.with_columns(
        pl.when(pl.any_horizontal(pl.col(column).str.starts_with(start) for start in FORMULA_STARTS))
        .then(pl.lit("'") + pl.col(column))
        .otherwise(pl.col(column))
        .alias(column)
        for column, kind in rows.schema.items()
        if kind == pl.String
    )


def csv_bytes(rows: pl.DataFrame, context: Mapping[str, str], mark: str | None) -> bytes:
    """The rows as CSV; every row says what it is of and, in its last column, that it is simulated.

    Args:
        rows: what to write; money stays exact.
        context: columns to add with one value for all rows: as-of date, build.
        mark: the mark of simulated data; None where no row of the build is simulated.
    """
    added = dict(context) | ({"data_mark": mark} if mark else {})
    marked = rows.with_columns(pl.lit(value).alias(column) for column, value in added.items())
    return neutral(marked).write_csv(include_bom=True).encode("utf-8")


def text_table(
    headers: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], *, left: int = 1, wide: str = ""
) -> str:
    """A table whose cells are written already: texts to the left, the other columns to the right.

    Args:
        headers: over the columns.
        rows: kind of a row (`total`, `part` for a heading, a result, or empty) and its cells.
        left: how many columns are texts.
        wide: what a table is called that scrolls sideways beside its first column; empty where it fits.
    """
    scrolls = f' rh-wide" tabindex="0" aria-label="{escape(wide)}"' if wide else '"'
    parts = [f'<div class="rh-scroll{scrolls}><table class="rh"><thead><tr>']
    parts += [_cell("th", text, number >= left) for number, text in enumerate(headers)]
    parts.append("</tr></thead><tbody>")
    for kind, cells in rows:
        parts.append(f'<tr class="{escape(kind)}">' if kind else "<tr>")
        if kind == "part":
            parts.append(f'<td>{escape(cells[0])}</td><td colspan="{len(headers) - 1}"></td>')
        else:
            parts += [_cell("td", text, number >= left) for number, text in enumerate(cells)]
        parts.append("</tr>")
    parts.append("</tbody></table></div>")
    return "".join(parts)


def _cell(tag: str, text: str, is_right: bool) -> str:
    side = ' class="n"' if is_right else ""
    return f"<{tag}{side}>{escape(text)}</{tag}>"
