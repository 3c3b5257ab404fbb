"""Sheets with a column for each fiscal year: rows have keys, so that a formula names what it reads.

A formula is written with the figure that it comes to, so that a viewer that does not calculate shows it too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from reports.workbook import NUMBERS, neutral

FIRST_YEAR_COLUMN = 2
YEARS_ROW, FIRST_ROW = 3, 5
WIDTHS = {"title": 58, "unit": 26, "year": 15, "more": 34}
LOOKS = {
    "usd": NUMBERS["usd"], "percent": '0.00####;"\N{MINUS SIGN}"0.00####;0', "ratio": '0.00"x"',
    "days": "#,##0.0",
    "factor": "0.000000", "month": "0", "text": "@",
}  # fmt: skip
INPUT_FILL, YEAR_FILL = "#FFF4CC", "#E8EEF5"

Value = Decimal | float | int | str | None


@dataclass(frozen=True)
class Cell:
    """What stands in a cell.

    Attributes:
        value: the figure; of a formula what it comes to.
        formula: without the equals sign; None for a value as it is.
        is_input: it may be changed, and what rests on it follows.
    """

    value: Value
    formula: str | None = None
    is_input: bool = False


Cells = Callable[[int], Cell | None]


@dataclass(frozen=True)
class Row:
    """A row: its words, what each year holds, and words after the last year."""

    key: str
    title: str
    unit: str
    look: str
    cells: Cells | None
    is_total: bool
    is_figure: bool
    more: tuple[str, ...]


@dataclass
class Sheet:
    """A sheet that is laid out first and written when every sheet is.

    Attributes:
        name: as its tab says.
        title: its heading.
        sentence: below the heading.
        first_year: of the first column of years.
        last_year: of the last one.
        more: headings of columns after the years.
        rows: from the top; None is an empty one.
    """

    name: str
    title: str
    sentence: str
    first_year: int
    last_year: int
    more: tuple[str, ...] = ()
    rows: list[Row | None] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def add(
        self, key: str, title: str, cells: Cells | None = None, *, look: str = "usd", unit: str = "",
        is_total: bool = False, is_figure: bool = True, more: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """A row below the others; `is_figure`: its formulas come to figures of the marts, not to a step."""
        self._places[key] = FIRST_ROW + len(self.rows)
        self.rows.append(Row(key, title, unit, look, cells, is_total, is_figure, tuple(more)))

    def head(self, title: str) -> None:
        """The heading of a part, below an empty row."""
        if self.rows:
            self.rows.append(None)
        self.add(f"head {len(self.rows)}", title, is_total=True, look="text")

    def has(self, key: str) -> bool:
        """Whether there is such a row."""
        return key in self._places

    def at(self, key: str, year: int, seen_from: Sheet | None = None) -> str:
        """The address of a cell, with the name of the sheet unless it is the one it is seen from."""
        cell = xl_rowcol_to_cell(self._places[key], self.column(year))
        return cell if seen_from is self else f"{self._prefix}{cell}"

    def span(self, key: str, first: int, last: int, seen_from: Sheet | None = None) -> str:
        """The cells of a row from a year to a year, fixed."""
        row = self._places[key] + 1
        cells = f"${xl_col_to_name(self.column(first))}${row}:${xl_col_to_name(self.column(last))}${row}"
        return cells if seen_from is self else f"{self._prefix}{cells}"

    def block(self, keys: list[str], year: int) -> str:
        """Rows that stand below each other, in a year."""
        return f"{self.at(keys[0], year, self)}:{self.at(keys[-1], year, self)}"

    def column(self, year: int) -> int:
        """The column of a year; the same on every sheet of a workbook."""
        return FIRST_YEAR_COLUMN + year - self.first_year

    def place(self, key: str) -> int:
        """The row of a key, from 0."""
        return self._places[key]

    @property
    def _prefix(self) -> str:
        return "'{}'!".format(self.name.replace("'", "''"))


@dataclass(frozen=True)
class Written:
    """A formula that was written.

    Attributes:
        sheet: on which sheet.
        cell: where, as C7.
        key: of its row.
        look: what it is: usd, percent, ratio, days, factor, month or text.
        is_figure: a figure of the marts; else a step on the way.
        value: what it comes to.
    """

    sheet: str
    cell: str
    key: str
    look: str
    is_figure: bool
    value: Value


def sheet_name(words: str, taken: Iterable[str]) -> str:
    """A name that a tab may have: 31 characters, none of those that addresses use, no other's."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", words).strip() or "Sheet"
    name, number = plain[:31], 1
    while name.lower() in {other.lower() for other in taken}:
        number += 1
        name = f"{plain[: 31 - len(str(number)) - 1]} {number}"
    return name


class Book:
    """A workbook file that is being written; it appears when it is complete.

    The same figures give the same file, byte for byte.
    """

    def __init__(self, path: Path, title: str, foot: str, built_at: datetime) -> None:
        self.path, self.foot = path, foot
        self.partial = path.with_name(f".{path.name}.{os.getpid()}")
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(self.partial, options)
        self.book.set_properties(
            {"title": title, "author": "ratehouse", "comments": foot, "created": built_at}
        )
        self.book.set_calc_mode("auto")
        self.written: list[Written] = []
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def close(self) -> None:
        """Ends the file and puts it in its place."""
        try:
            self.book.close()
            os.replace(self.partial, self.path)
        finally:
            self.partial.unlink(missing_ok=True)

    def look(self, **properties: object) -> Format:
        """A format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            plain = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
            self._formats[key] = self.book.add_format(plain | properties)
        return self._formats[key]

    def worksheet(self, name: str, title: str, sentence: str, mark: str | None) -> Worksheet:
        """A sheet with its heading in the first three rows."""
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(1)  # Letter
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self.foot.replace('&', '&&')}&RPage &P of &N")
        sheet.write_string(0, 0, neutral(title), self.look(bold=True, font_size=14))
        sheet.write_string(1, 0, neutral(sentence), self.look(italic=True, font_color="#5F6B7A"))
        if mark:
            sheet.write_string(2, 0, neutral(mark), self.look(bold=True))
        return sheet

    def write(self, laid: Sheet, kinds: dict[int, str], chosen_year: int, mark: str | None) -> None:
        """A sheet that was laid out; `chosen_year` stands out."""
        sheet = self.worksheet(laid.name, laid.title, laid.sentence, mark)
        sheet.set_column(0, 0, WIDTHS["title"])
        sheet.set_column(1, 1, WIDTHS["unit"])
        sheet.set_column(laid.column(laid.first_year), laid.column(laid.last_year), WIDTHS["year"])
        sheet.write_string(YEARS_ROW, 0, "Fiscal year", self.look(bold=True, bottom=1))
        for year in range(laid.first_year, laid.last_year + 1):
            fill = {"bg_color": YEAR_FILL} if year == chosen_year else {}
            head = self.look(bold=True, align="right", **fill)
            sheet.write_number(YEARS_ROW, laid.column(year), year, head)
            kind = self.look(italic=True, align="right", bottom=1, **fill)
            sheet.write_string(YEARS_ROW + 1, laid.column(year), kinds.get(year, "later"), kind)
        for place, heading in enumerate(laid.more, start=laid.column(laid.last_year) + 1):
            sheet.set_column(place, place, WIDTHS["more"])
            sheet.write_string(YEARS_ROW, place, neutral(heading), self.look(bold=True, bottom=1))
        sheet.freeze_panes(FIRST_ROW, FIRST_YEAR_COLUMN)
        sheet.repeat_rows(YEARS_ROW, YEARS_ROW + 1)
        sheet.repeat_columns(0, 0)
        for place, row in enumerate(laid.rows, start=FIRST_ROW):
            if row is not None:
                self._row(sheet, laid, place, row)

    def _row(self, sheet: Worksheet, laid: Sheet, place: int, row: Row) -> None:
        bold = {"bold": True} if row.is_total else {}
        sheet.write_string(place, 0, neutral(row.title), self.look(**bold))
        if row.unit:
            sheet.write_string(place, 1, neutral(row.unit), self.look(font_color="#5F6B7A"))
        if row.cells is not None:
            for year in range(laid.first_year, laid.last_year + 1):
                cell = row.cells(year)
                if cell is not None:
                    self.cell(sheet, laid.name, place, laid.column(year), cell, row)
        for column, text in enumerate(row.more, start=laid.column(laid.last_year) + 1):
            sheet.write_string(place, column, neutral(text), self.look())

    def cell(self, sheet: Worksheet, name: str, place: int, column: int, cell: Cell, row: Row) -> None:
        """A value or a formula with what it comes to."""
        properties: dict[str, object] = {"num_format": LOOKS[row.look], "align": "right"}
        if row.is_total:
            properties |= {"bold": True, "top": 1}
        if cell.is_input:
            properties |= {"bg_color": INPUT_FILL}
        look = self.look(**properties)
        if cell.formula is not None:
            value = (
                cell.value if isinstance(cell.value, str) else "" if cell.value is None else float(cell.value)
            )
            sheet.write_formula(place, column, f"={cell.formula}", look, value)
            where = xl_rowcol_to_cell(place, column)
            self.written.append(Written(name, where, row.key, row.look, row.is_figure, value))
        elif isinstance(cell.value, str):
            sheet.write_string(place, column, neutral(cell.value), look)
        elif cell.value is not None:
            sheet.write_number(place, column, float(cell.value), look)
