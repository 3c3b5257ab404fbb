"""The workbook of a utility's rates: requirement, tests, years ahead and aging, with live formulas."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dashboards import formats
from reports import rate_capital, rate_requirement, rate_tests, rate_words, rate_years
from reports.grid import Book, Cell, Row, Sheet, Written, sheet_name
from reports.rate_sheets import FundSheets
from reports.rate_study import Fact, Fund, Study
from reports.workbook import neutral

NOTES, ASSUMPTIONS, AGING = "Notes", "Assumptions", "Aging"
MONTHS = 12
SAID = ("Owner", "Decided on", "Source", "Where it comes from", "Remark")
AGES = {
    "not_yet_due_usd": "Not yet due",
    "d1_30_usd": "1 to 30 days",
    "d31_60_usd": "31 to 60 days",
    "d61_90_usd": "61 to 90 days",
    "d91_120_usd": "91 to 120 days",
    "over_120_usd": "Over 120 days",
}
ANSWERS = {
    "required": ("Rates must bring", "usd"),
    "existing": ("Rates as they are bring", "usd"),
    "deficiency": ("Deficiency (positive is short)", "usd"),
    "adjustment_full_year_pct": ("Adjustment, whole year, percent", "percent"),
    "adjustment_in_year_pct": ("From the effective month on, with less use, percent", "percent"),
    "is_sufficient": ("Enough before reserves", "text"),
    "is_sufficient_after_draw": ("Enough after the planned draw", "text"),
    "light": ("All tests that it has to pass", "text"),
}
ORDER = (
    "rate_",
    "elasticity",
    "volumetric",
    "growth",
    "usage",
    "uncollectible",
    "pilot",
    "inflation",
    "interest",
    "reserve",
    "planned",
    "capital",
    "debt",
    "waiver",
    "target",
)


def write(found: Study, path: Path) -> list[Written]:
    """Writes the workbook; the same build gives the same file, byte for byte.

    Returns:
        Every formula, with what it comes to.
    """
    title = f"Rates of {found.name}, fiscal year {found.fiscal_year}, {found.scenario_title}"
    book = Book(path, title, found.foot, found.built_at)
    assumptions = assumptions_sheet(found)
    names = [NOTES, ASSUMPTIONS, AGING]
    funds = []
    for fund in found.funds:
        funds.append(_fund(found, fund, assumptions, names))
    _notes(book, found, funds)
    book.write(assumptions, {}, found.fiscal_year, found.mark)
    for sheets in funds:
        for sheet in (sheets.requirement, sheets.tests, sheets.years, sheets.capital):
            book.write(sheet, sheets.fund.kinds, found.fiscal_year, found.mark)
    _aging(book, found)
    book.close()
    return book.written


def _fund(found: Study, fund: Fund, assumptions: Sheet, names: list[str]) -> FundSheets:
    """The four sheets of a fund, laid out."""

    def sheet(kind: str, sentence: str, last_year: int) -> Sheet:
        name = sheet_name(f"{fund.name} {kind}", names)
        names.append(name)
        scenario = f"Scenario: {found.scenario_title}. {found.foot}."
        return Sheet(name, f"{fund.name}: {sentence}", scenario, found.first_year, last_year)

    sheets = FundSheets(
        fund,
        assumptions,
        requirement=sheet("requirement", "what rates must bring, and the adjustment", found.last_year),
        tests=sheet("tests", "what each test counts and comes to", found.last_year),
        years=sheet("multi-year", "what it has, receives, pays and keeps", found.last_year),
        capital=sheet(
            "capital and debt", "what is built, and what is paid for debt", rate_capital.last_year_of(fund)
        ),
    )
    rate_capital.lay_out(sheets)
    rate_years.lay_out(sheets)
    rate_tests.lay_out(sheets)
    rate_requirement.lay_out(sheets)
    return sheets


# ---- Assumptions


def assumptions_sheet(found: Study) -> Sheet:
    """A row for each assumption of each fund, with who said so."""
    last = max(found.last_year, found.first_year + MONTHS - 1)
    sentence = f"Scenario: {found.scenario_title}. Yellow cells may be changed. {found.foot}."
    sheet = Sheet(ASSUMPTIONS, "What is assumed", sentence, found.first_year, last, SAID)
    for fund in found.funds:
        sheet.head(f"{fund.name} fund")
        for name in sorted(fund.assumptions, key=_place):
            is_live = name not in rate_words.NOT_LIVE
            sheet.add(
                f"{fund.fund}|{name}",
                rate_words.name_of(name),
                _values(fund, name, is_live),
                look=_look(name),
                unit=name,
                more=_said(fund.assumptions[name], is_live),
            )
        basis = "by service days and billing lag" if fund.weights else "by months: no bills are loaded"
        first = found.first_year
        sheet.add(
            f"{fund.fund}|months",
            "Months of the fiscal year, in the columns from here on (not years):",
            lambda year, first=first: Cell(year - first + 1) if year - first < MONTHS else None,
            look="month",
        )
        sheet.add(
            f"{fund.fund}|weights",
            f"Share of a year's bills that a change from that month on reaches, {basis}",
            lambda year, fund=fund, first=first: (
                Cell(fund.weight(year - first + 1)) if year - first < MONTHS else None
            ),
            look="factor",
        )
    return sheet


def _place(name: str) -> tuple[int, str]:
    return next((place for place, start in enumerate(ORDER) if name.startswith(start)), len(ORDER)), name


def _look(name: str) -> str:
    unit = rate_words.unit_of(name)
    return {"dollars": "usd", "month": "month", "years": "month"}.get(unit, "percent")


def _values(fund: Fund, name: str, is_live: bool):
    def cells(year: int) -> Cell | None:
        value = fund.assumed.get((name, year))
        return None if value is None else Cell(value, is_input=is_live and fund.is_open(year))

    return cells


def _said(rows: list[Fact], is_live: bool) -> tuple[str, ...]:
    """Owner, day, source, where the value comes from, remark; each once."""

    def once(values: list[str | None]) -> str:
        return "; ".join(dict.fromkeys(value for value in values if value))

    origins = []
    for origin, years in groupby(rows, key=lambda row: row["origin"]):
        spans = [row["fiscal_year"] for row in years]
        origins.append(f"{origin} {spans[0]} to {spans[-1]}" if len(spans) > 1 else f"{origin} {spans[0]}")
    sources = [row["source"] or ("assumed" if row["is_assumed"] else None) for row in rows]
    remarks = [row["note"] for row in rows]
    if not is_live:
        remarks.append("Read by the search for the least path only: no cell follows it.")
    days = [row["assumed_on"].isoformat() if row["assumed_on"] else None for row in rows]
    said = once([row["owner"] for row in rows]), once(days), once(sources), ", ".join(origins)
    return *said, once(remarks)


# ---- Notes


def _notes(book: Book, found: Study, funds: list[FundSheets]) -> None:
    """What this is, the answer in a line for each fund, how to change what, and what words mean."""
    title = f"Are the rates of {found.name} enough? Fiscal year {found.fiscal_year}"
    sheet = book.worksheet(NOTES, title, f"Scenario: {found.scenario_title}. {found.foot}.", found.mark)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(ANSWERS), 19)
    place = 4
    sheet.set_row(place, 15 * 3)
    sheet.write_string(place, 0, "Fund", book.look(bold=True, bottom=1, valign="bottom", text_wrap=True))
    for column, (heading, _) in enumerate(ANSWERS.values(), start=1):
        sheet.write_string(
            place, column, heading, book.look(bold=True, bottom=1, text_wrap=True, align="right")
        )
    for sheets in funds:
        place += 1
        sheet.write_string(place, 0, neutral(sheets.fund.name), book.look(bold=True))
        answered = {row.key: row for row in sheets.requirement.rows if row is not None}
        for column, (key, (_, look)) in enumerate(ANSWERS.items(), start=1):
            cell = answered[key].cells(found.fiscal_year)
            if cell is None:
                sheet.write_string(place, column, formats.UNKNOWN, book.look(align="right"))
                continue
            at = sheets.requirement.at(key, found.fiscal_year)
            row = Row(f"{sheets.fund.fund}|{key}", "", "", look, None, False, True, ())
            book.cell(sheet, NOTES, place, column, Cell(cell.value, at), row)
    place = _paragraphs(book, sheet, place + 2, "What this is", [("", text) for text in rate_words.ABOUT])
    place = _paragraphs(book, sheet, place, "How to change it", [("", text) for text in rate_words.HOW_TO])
    made = [
        ("Build", found.build_id),
        ("As of", formats.day(found.as_of)),
        ("Audit", found.audit),
        ("Scenario", f"{found.scenario_title} ({found.scenario})"),
    ]
    place = _paragraphs(book, sheet, place, "What it rests on", made)
    _paragraphs(book, sheet, place, "What the words mean", list(rate_words.MEANINGS.items()))


def _paragraphs(book: Book, sheet: Worksheet, place: int, heading: str, texts: list[tuple[str, str]]) -> int:
    """Texts below each other; returns the first free row."""
    sheet.write_string(place, 0, heading, book.look(bold=True, font_size=12))
    wide = 19 * len(ANSWERS)
    for label, text in texts:
        place += 1
        sheet.write_string(place, 0, neutral(label), book.look(bold=True))
        sheet.merge_range(place, 1, place, len(ANSWERS), "", book.look(text_wrap=True))
        sheet.write_string(place, 1, neutral(text), book.look(text_wrap=True))
        sheet.set_row(place, 15 * (1 + len(text) // wide))
    return place + 2


# ---- Aging


def _aging(book: Book, found: Study) -> None:
    """What was owed, by service and by how late; credits that no service has stand apart."""
    day = (
        "no month has an aging"
        if found.aging_on is None
        else f"what was owed on {formats.day(found.aging_on)}, by how late"
    )
    sheet = book.worksheet(AGING, f"Aging: {day}", found.foot, found.mark)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(AGES) + 3, 17)
    headings = ("Service", *AGES.values(), "All ages", "Over 90 days", "Over 90 days, percent")
    for column, heading in enumerate(headings):
        side = {} if column == 0 else {"align": "right"}
        sheet.write_string(4, column, heading, book.look(bold=True, bottom=1, text_wrap=True, **side))
    sheet.freeze_panes(5, 1)
    services = [row for row in found.aging if row["service_title"] != "all" and row["open_usd"]]
    whole = next((row for row in found.aging if row["service_title"] == "all"), None)
    if whole is None:
        return
    for place, row in enumerate(services, start=5):
        sheet.write_string(place, 0, neutral(row["service_title"]), book.look())
        for column, age in enumerate(AGES, start=1):
            _aged(book, sheet, place, column, Cell(row[age]), age)
        _sums(book, sheet, place, row)
    total = 5 + len(services)
    sheet.write_string(total, 0, "All services", book.look(bold=True))
    for column, age in enumerate(AGES, start=1):
        above = f"{xl_rowcol_to_cell(5, column)}:{xl_rowcol_to_cell(total - 1, column)}"
        _aged(
            book,
            sheet,
            total,
            column,
            Cell(whole[age], f"SUM({above})" if services else "0"),
            f"all|{age}",
            is_total=True,
        )
    _sums(book, sheet, total, whole, is_total=True)
    every = len(AGES) + 1
    for place, words, key, value, formula in (
        (total + 1, "Less credits not yet applied", "unapplied", whole["unapplied_usd"], None),
        (
            total + 2,
            "Balance of the ledger",
            "ledger",
            whole["total_usd"],
            f"{xl_rowcol_to_cell(total, every)}+{xl_rowcol_to_cell(total + 1, every)}",
        ),
    ):
        sheet.write_string(place, 0, words, book.look(bold=True))
        _aged(book, sheet, place, every, Cell(value, formula), key, is_total=True)


def _sums(book: Book, sheet: Worksheet, place: int, row: Fact, *, is_total: bool = False) -> None:
    """All ages, over 90 days, and its share."""
    every = len(AGES) + 1
    ages, late = (
        f"{xl_rowcol_to_cell(place, first)}:{xl_rowcol_to_cell(place, len(AGES))}"
        for first in (1, len(AGES) - 1)
    )
    all_ages, over = xl_rowcol_to_cell(place, every), xl_rowcol_to_cell(place, every + 1)
    name = row["service_title"]
    _aged(book, sheet, place, every, Cell(row["open_usd"], f"SUM({ages})"), f"{name}|open", is_total=is_total)
    _aged(
        book,
        sheet,
        place,
        every + 1,
        Cell(row["over_90_usd"], f"SUM({late})"),
        f"{name}|over_90",
        is_total=is_total,
    )
    share = Cell(row["over_90_pct"], f'IF({all_ages}=0,"",ROUND(100*{over}/{all_ages},1))')
    _aged(book, sheet, place, every + 2, share, f"{name}|share", look="percent", is_total=is_total)


def _aged(
    book: Book,
    sheet: Worksheet,
    place: int,
    column: int,
    cell: Cell,
    key: str,
    *,
    look: str = "usd",
    is_total: bool = False,
) -> None:
    book.cell(sheet, AGING, place, column, cell, Row(key, "", "", look, None, is_total, True, ()))
