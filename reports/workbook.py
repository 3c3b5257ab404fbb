"""The month-end package as a workbook: a sheet for each part, money as numbers, text as text."""

from __future__ import annotations

import os
import re
import textwrap
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboards import formats
from ratehouse.export import FORMULA_START
from reports.close import Close
from reports.layout import TEXT, Section, Table

SUMMARY = "Summary"
# A true minus, never red alone; nothing is 0.
NUMBERS = {
    "usd": '#,##0.00;"\N{MINUS SIGN}"#,##0.00;0',
    "pct": '0.0;"\N{MINUS SIGN}"0.0;0',
    "count": '#,##0;"\N{MINUS SIGN}"#,##0;0',
    "day": "d mmm yyyy",
}
WIDTHS = {"usd": 16, "pct": 12, "count": 12, "day": 13}
NARROWEST, WIDEST = 12, 110
TEXT_WIDTH = 28
LINE_HEIGHT = 15


def write(close: Close, path: Path) -> None:
    """Writes the workbook; the file appears when it is complete.

    The same build gives the same file, byte for byte.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_date_format": NUMBERS["day"],
    }  # fmt: skip
    book = xlsxwriter.Workbook(partial, options)
    try:
        book.set_properties({
            "title": f"Month-end close, {close.month}, {close.name}", "author": "ratehouse",
            "comments": close.foot, "created": close.built_at,
        })  # fmt: skip
        writer = _Writer(book, close)
        writer.summary()
        for section in (*close.sections, close.basis):
            writer.section(section)
        book.close()
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def neutral(text: str) -> str:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it."""
    return f"'{text}" if re.match(FORMULA_START, text) else text


class _Writer:
    """The formats of a workbook, and how a table comes onto a sheet."""

    def __init__(self, book: xlsxwriter.Workbook, close: Close) -> None:
        self.book = book
        self.close = close
        plain = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self.title = book.add_format(plain | {"bold": True, "font_size": 14})
        self.subtitle = book.add_format(plain | {"bold": True})
        self.text = book.add_format(plain)
        self.faint = book.add_format(plain | {"italic": True, "font_color": "#5F6B7A"})
        self.mark = book.add_format(plain | {"bold": True})
        head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        self.head = {kind: book.add_format(plain | head | _side(kind)) for kind in (*NUMBERS, TEXT)}
        self.cells: dict[tuple[str, bool], Format] = {}
        for kind in (*NUMBERS, TEXT):
            look = plain | _side(kind) | ({"num_format": NUMBERS[kind]} if kind in NUMBERS else {})
            self.cells[kind, False] = book.add_format(look)
            self.cells[kind, True] = book.add_format(look | {"bold": True, "top": 1})

    def summary(self) -> None:
        """What answers first, and the sentence of every sheet."""
        sheet, row = self._sheet(SUMMARY, f"{self.close.month}: what the month closes with")
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 16)
        for figure in self.close.figures:
            sheet.write_string(row, 0, figure.label, self.subtitle)
            self._cell(sheet, row, 1, figure.value, "usd", False)
            sheet.write_string(row, 2, neutral(figure.remark), self.text)
            row += 1
        for place, section in enumerate((*self.close.sections, self.close.basis), start=row + 1):
            sheet.write_string(place, 0, section.sheet, self.subtitle)
            sheet.write_string(place, 1, neutral(section.sentence), self.text)

    def section(self, section: Section) -> None:
        """A part on its sheet."""
        sheet, row = self._sheet(section.sheet, section.title)
        sheet.write_string(row, 0, neutral(section.sentence), self.text)
        row = self._tables(sheet, row + 2, section.tables)
        for note in section.notes:
            sheet.write_string(row, 0, neutral(note), self.faint)
            row += 1

    def _sheet(self, name: str, title: str) -> tuple[Worksheet, int]:
        """A sheet with its heading; returns the first free row."""
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(1)  # Letter
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self.close.foot}&RPage &P of &N")
        sheet.set_row(0, 21)
        sheet.write_string(0, 0, neutral(title), self.title)
        sheet.write_string(
            1, 0, neutral(f"{self.close.name}, {self.close.month}. {self.close.foot}."), self.faint
        )
        if not self.close.mark:
            return sheet, 3
        sheet.write_string(2, 0, neutral(self.close.mark), self.mark)
        return sheet, 4

    def _tables(self, sheet: Worksheet, row: int, tables: tuple[Table, ...]) -> int:
        """Tables one below the other; returns the first free row."""
        widths: dict[int, int] = {}
        for place, table in enumerate(tables):
            if table.title:
                sheet.write_string(row, 0, neutral(table.title), self.subtitle)
                row += 1
            for column, (heading, kind) in enumerate(zip(table.headings, table.kinds, strict=True)):
                sheet.write_string(row, column, neutral(heading), self.head[kind])
                widths[column] = max(widths.get(column, 0), _width(table, column))
            lines = max(_lines(heading, widths[column]) for column, heading in enumerate(table.headings))
            sheet.set_row(row, LINE_HEIGHT * lines)
            row += 1
            if place == 0:
                sheet.freeze_panes(row, 1)
            if place == 0 and len(table.rows) > 1 and not table.sums:
                sheet.autofilter(row - 1, 0, row - 1 + len(table.rows), len(table.headings) - 1)
            for number, values in enumerate(table.rows):
                for column, (value, kind) in enumerate(zip(values, table.kinds, strict=True)):
                    self._cell(sheet, row, column, value, kind, number in table.sums)
                row += 1
            if table.note:
                sheet.write_string(row, 0, neutral(table.note), self.faint)
                row += 1
            row += 1
        for column, width in widths.items():
            sheet.set_column(column, column, width)
        return row

    def _cell(self, sheet: Worksheet, row: int, column: int, value: object, kind: str, is_sum: bool) -> None:
        look = self.cells[kind, is_sum]
        if value is None:
            sheet.write_string(row, column, formats.UNKNOWN, look)
        elif kind == TEXT:
            sheet.write_string(row, column, neutral(str(value)), look)
        elif kind == "day":
            sheet.write_datetime(row, column, value, look)
        else:
            sheet.write_number(row, column, Decimal(value), look)


def _side(kind: str) -> dict[str, str]:
    return {"align": "left" if kind in (TEXT, "day") else "right"}


def _lines(heading: str, width: int) -> int:
    """On how many lines a heading stands, bold and broken between words."""
    return len(textwrap.wrap(heading, max(width - 2, 1)))


def _width(table: Table, column: int) -> int:
    """As wide as the longest value, within reason; headings wrap."""
    if table.kinds[column] != TEXT:
        return WIDTHS[table.kinds[column]]
    longest = max((len(str(row[column])) for row in table.rows), default=0)
    return min(max(NARROWEST, longest + 3, TEXT_WIDTH if column == 0 else 0), WIDEST)
