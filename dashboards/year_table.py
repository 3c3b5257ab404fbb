"""The multi-year table as consultants print it: years across, lines down; from rows of `cash_flow`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from dashboards import formats
from dashboards import sufficiency_words as terms

# The first section of each part of the table, and what the part is called.
PARTS = {
    1: "",
    2: "Revenue",
    8: "Operating expense",
    11: "Debt payments",
    13: "Capital, transfers and reserves paid from rates",
    16: "Do the rates cover the costs?",
    19: "Cash and investments",
    22: "Beside the sums",
    30: "Tests",
}
MEMO = {
    "debt_funded_capital": "paid from debt",
    "grant_funded_capital": "paid from grants",
    "reserve_funded_capital": "paid from reserves",
}


def headers(flows: pl.DataFrame) -> list[str]:
    """The years over the columns, each with what its numbers are."""
    years = flows.select("fiscal_year", "year_kind").unique().sort("fiscal_year")
    return [f"FY {year} {terms.YEAR_KINDS[kind]}" for year, kind in years.iter_rows()]


def cell(row: Mapping) -> str:
    """What stands in a year of a row."""
    if row["row_kind"] == "test":
        if row["result"] in ("pass", "fail"):
            unit = "difference" if row["unit"] == "usd" else row["unit"]
            return f"{terms.measured(unit, row['value'])} {terms.SIGNS[row['result']]}".replace("$", "")
        return terms.SIGNS[row["result"]]
    if row["unit"] == "percent":
        return "0" if not row["value"] else f"{formats.quantity(row['value'])}{formats.THIN}%"
    if row["unit"] == "month":
        return formats.quantity(row["value"])
    return "0" if row["amount_usd"] == 0 else formats.usd_whole(row["amount_usd"]).replace("$", "")


def _part(section_no: int) -> int:
    return max(start for start in PARTS if start <= section_no)


def rows(flows: pl.DataFrame) -> list[tuple[str, list[str]]]:
    """The rows of the table, for `tables.text_table`; a year that has no such line has a dash.

    Args:
        flows: rows of `cash_flow` of one path.
    """
    years = flows["fiscal_year"].unique().sort().to_list()
    found, part = [], 1
    for line, title in _lines(flows).select("line", "title").iter_rows():
        of_line = flows.filter(pl.col("line") == line)
        first = of_line.row(0, named=True)
        if _part(first["section_no"]) != part:
            part = _part(first["section_no"])
            found.append(("part", [PARTS[part]]))
        cells = {row["fiscal_year"]: cell(row) for row in of_line.iter_rows(named=True)}
        kind = "total" if first["row_kind"] == "total" else ""
        found.append((kind, [_name(line, title), *(cells.get(year, formats.UNKNOWN) for year in years)]))
    return found


def _lines(flows: pl.DataFrame) -> pl.DataFrame:
    """The lines in the order of the table: where books and years ahead differ, the latter's."""
    latest = flows.sort("fiscal_year").unique(subset=["line"], keep="last")
    return latest.sort("section_no", "sort", "line")


def _name(line: str, title: str) -> str:
    paid_from = MEMO.get(line.partition(":")[0])
    return f"{title}, {paid_from}" if paid_from else title


def beside(before: pl.DataFrame, after: pl.DataFrame) -> list[tuple[str, list[str]]]:
    """Rows that differ between two tables: each with its years before, after, and how much it moved.

    Args:
        before: rows of `cash_flow` of one path.
        after: the same under other assumptions.
    """
    years = after["fiscal_year"].unique().sort().to_list()
    both = {
        side: {(row["line"], row["fiscal_year"]): row for row in table.iter_rows(named=True)}
        for side, table in (("before", before), ("after", after))
    }
    lines = _lines(pl.concat([before, after]))
    found = []
    for line, title in lines.select("line", "title").iter_rows():
        pairs = [(both["before"].get((line, year)), both["after"].get((line, year))) for year in years]
        texts = [tuple(formats.UNKNOWN if row is None else cell(row) for row in pair) for pair in pairs]
        if all(was == now for was, now in texts):
            continue
        found.append(("part", [_name(line, title)]))
        found.append(("", ["before", *(was for was, _ in texts)]))
        found.append(("", ["after", *(now for _, now in texts)]))
    return found
