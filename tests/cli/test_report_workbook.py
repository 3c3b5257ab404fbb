"""`ratehouse report workbook`: read back, its formulas there, what they show held against the marts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ratehouse import publish
from ratehouse.workspace import Workspace
from reports import rate_book
from reports.grid import Written, sheet_name
from reports.rate_study import Study, study

UTILITIES = ("independence", "warrensburg")
MARK = "Simulated data. Not figures of the City of Warrensburg Sewer Utility."
YEARS_ROW, FIRST_COLUMN = 4, 3
HEADINGS = {
    "adopted": "With the rate adjustments assumed",
    "existing_rates": "With rates as they are: no adjustment after the books",
}
HOSTILE = ('=HYPERLINK("http://x.example","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1")


def first_open_year(marts, utility: str) -> int:
    sql = "SELECT min(fiscal_year) FROM marts.rpt_cash_flow WHERE utility_id = ? AND year_kind != 'actual'"
    return marts.execute(sql, [utility]).fetchone()[0]


@pytest.fixture(scope="module", params=UTILITIES)
def written(request, place, marts) -> tuple[Study, list[Written], Path]:
    """The workbook of a utility: what it rests on, its formulas, the file."""
    found = study(publish.required_build(place), request.param, first_open_year(marts, request.param))
    path = place.root / f"rates_{request.param}.xlsx"
    return found, rate_book.write(found, path), path


@pytest.fixture(scope="module")
def shown(written) -> Workbook:
    """What a viewer shows that does not calculate."""
    return openpyxl.load_workbook(written[2], data_only=True)


@pytest.fixture(scope="module")
def formulas(written) -> Workbook:
    return openpyxl.load_workbook(written[2])


def asked(marts, sql: str, utility: str) -> list[dict]:
    relation = marts.execute(sql, [utility])
    names = [column[0] for column in relation.description]
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def column_of(sheet: Worksheet, year: int) -> int:
    return next(cell.column for cell in sheet[YEARS_ROW] if cell.value == year)


def row_of(sheet: Worksheet, title: str, below: str | None = None) -> int:
    """The first row with a title, below another where one is named."""
    titles = [row[0].value for row in sheet.iter_rows(max_col=1)]
    start = titles.index(below) if below else 0
    return titles.index(title, start) + 1


def in_cents(value: object) -> Decimal:
    return Decimal(f"{value:.2f}")


# ---- The command


def test_it_writes_the_workbook_and_says_where(place, marts, ratehouse):
    year = first_open_year(marts, "warrensburg")
    arguments = ["--utility", "warrensburg", "--fiscal-year", year, "--workspace", place.root]
    ended = ratehouse("report", "workbook", *arguments)
    assert ended.code == 0, ended.err
    build_id = publish.required_build(place).stem
    path = place.reports / "warrensburg" / f"workbook-{year}-base-{build_id}.xlsx"
    assert str(path) in ended.out.splitlines()
    assert MARK in ended.out
    again = place.root / "again.xlsx"
    assert ratehouse("report", "workbook", *arguments, "--out", again).code == 0
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--utility", "nowhere", "--fiscal-year", "2022"], "Unknown utility nowhere"),
        (
            ["--utility", "warrensburg", "--fiscal-year", "1999"],
            "--fiscal-year 1999: the multi-year table of",
        ),
        (
            ["--utility", "warrensburg", "--fiscal-year", "2999"],
            "--fiscal-year 2999: the multi-year table of",
        ),
        (
            ["--utility", "warrensburg", "--fiscal-year", "2022", "--scenario", "paradise"],
            "--scenario paradise: is none of warrensburg. It has: base, ",
        ),
        (["--fiscal-year", "2022"], "Say which utility with --utility"),
        (["--utility", "warrensburg", "--fiscal-year", "soon"], "Input should be a valid integer"),
    ],
)
def test_wrong_use_ends_with_2_and_writes_nothing(place, tmp_path, ratehouse, arguments, said):
    elsewhere = Workspace.at(tmp_path)
    elsewhere.utilities.symlink_to(place.utilities)
    elsewhere.warehouse.symlink_to(place.warehouse)
    ended = ratehouse("report", "workbook", *arguments, "--workspace", tmp_path)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert said in " ".join(ended.err.split())
    assert not elsewhere.reports.exists()


# ---- Figures without calculating


def test_each_total_of_the_table_is_a_formula_that_shows_the_mart(written, shown, formulas, marts):
    found = written[0]
    rows = asked(
        marts,
        "SELECT * FROM marts.rpt_cash_flow WHERE utility_id = ? AND scenario = 'base' AND row_kind = 'total'",
        found.utility_id,
    )
    assert len(rows) == sum(len(fund.kinds) for fund in found.funds) * 2 * 7
    for row in rows:
        name = f"{row['fund'].capitalize()} multi-year"
        column = column_of(shown[name], row["fiscal_year"])
        place = row_of(shown[name], row["title"], HEADINGS[row["path"]])
        assert in_cents(shown[name].cell(place, column).value) == row["amount_usd"], row
        assert str(formulas[name].cell(place, column).value).startswith("=")


def test_each_line_of_the_table_is_the_mart(written, shown, marts):
    """Debt to come stands in one row, and projects name their funding."""
    found = written[0]
    rows = asked(
        marts,
        "SELECT * FROM marts.rpt_cash_flow WHERE utility_id = ? AND scenario = 'base' AND row_kind = 'line' "
        "AND line NOT LIKE '%:new!_%' ESCAPE '!' AND line NOT LIKE '%rate!_adjustment!_%' ESCAPE '!'",
        found.utility_id,
    )
    assert len(rows) > 500
    values: dict[tuple[str, str, int], set[Decimal]] = {}
    for name in (sheet for sheet in shown.sheetnames if sheet.endswith("multi-year")):
        sheet = shown[name]
        half = row_of(sheet, HEADINGS["existing_rates"])
        for cells in sheet.iter_rows(min_row=YEARS_ROW + 2, min_col=FIRST_COLUMN):
            for cell in cells:
                if isinstance(cell.value, int | float):
                    path = "adopted" if cell.row < half else "existing_rates"
                    year = sheet.cell(YEARS_ROW, cell.column).value
                    values.setdefault((name, path, year), set()).add(in_cents(cell.value))
    for row in rows:
        name = f"{row['fund'].capitalize()} multi-year"
        assert row["amount_usd"] in values[name, row["path"], row["fiscal_year"]], row


def test_each_test_has_both_sides_its_value_and_its_result_as_formulas(written, shown, formulas, marts):
    found = written[0]
    rows = asked(
        marts,
        "SELECT * FROM marts.rpt_sufficiency WHERE utility_id = ? AND scenario = 'base'",
        found.utility_id,
    )
    words = {"pass": "pass", "fail": "fail", "not_applicable": "does not apply"}
    for row in rows:
        name = f"{row['fund'].capitalize()} tests"
        column = column_of(shown[name], row["fiscal_year"])
        titles = [cells[0].value for cells in shown[name].iter_rows(max_col=1)]
        start = titles.index(row["title"], titles.index(HEADINGS[row["path"]]))
        at = {
            title: titles.index(title, start) + 1
            for title in (
                "Counted for",
                "Counted against",
                "Comes to",
                "Result",
                "Rate revenue at which it just passes",
            )
        }
        figures = {title: shown[name].cell(place, column).value for title, place in at.items()}
        assert in_cents(figures["Counted for"]) == row["numerator_usd"], row
        assert in_cents(figures["Counted against"]) == row["denominator_usd"], row
        assert figures["Result"] == words[row["result"]], row
        if row["value"] is not None:
            assert Decimal(f"{figures['Comes to']:.6f}") == row["value"], row
        required = row["required_rate_revenue_usd"]
        least = figures["Rate revenue at which it just passes"]
        assert (least or None) is None if required is None else in_cents(least) == required, row
        for place in at.values():
            assert str(formulas[name].cell(place, column).value).startswith("="), (row, place)


def test_the_requirement_and_its_adjustment_are_formulas_that_show_the_mart(written, shown, formulas, marts):
    found = written[0]
    rows = asked(
        marts,
        "SELECT * FROM marts.rpt_sufficiency_answers WHERE utility_id = ? AND scenario = 'base'",
        found.utility_id,
    )
    titles = {
        "need_usd": "Need: all costs less other revenue", "cash_required_usd": "The same, paid",
        "required_usd": "Required rate revenue, billed: the greatest of these",
        "existing_rate_revenue_usd": "Rates as they are bring",
        "deficiency_usd": "Deficiency (positive is short)",
        "deficiency_after_draw_usd": "Deficiency after the planned draw",
        "adjustment_full_year_pct": "Whole year, nobody uses less, percent",
        "adjustment_with_elasticity_pct": "Whole year, with less use, percent",
        "adjustment_in_year_pct": "From the effective month on, with less use, percent",
    }  # fmt: skip
    for row in rows:
        name = f"{row['fund'].capitalize()} requirement"
        column = column_of(shown[name], row["fiscal_year"])
        for figure, title in titles.items():
            place = row_of(shown[name], title)
            value = shown[name].cell(place, column).value
            if figure.endswith("_pct"):
                assert value == "no adjustment brings that much" if row[figure] is None else True
                assert row[figure] is None or abs(value - float(row[figure])) < 1e-9, (figure, row)
            else:
                assert in_cents(value) == row[figure], (figure, row)
            assert str(formulas[name].cell(place, column).value).startswith("="), (figure, row)
        lines = "SELECT sum(need_usd) AS need FROM marts.rpt_revenue_requirement WHERE utility_id = ? "
        lines += f"AND scenario = 'base' AND fund = '{row['fund']}' AND fiscal_year = {row['fiscal_year']}"
        assert asked(marts, lines, found.utility_id) == [{"need": row["need_usd"]}]


def test_the_deficiency_follows_its_formula(written, shown):
    """By hand: need / (1 - in lieu of taxes - not paid), or what a test asks; less what rates bring."""
    for fund in written[0].funds:
        sheet = shown[f"{fund.name} requirement"]
        for year, kind in fund.kinds.items():
            column = column_of(sheet, year)

            def at(title, column=column, sheet=sheet):
                return Decimal(str(sheet.cell(row_of(sheet, title), column).value))

            need = at("Need: all costs less other revenue").quantize(Decimal("0.01"))
            pilot = fund.assumed["pilot_percent", year] if kind != "actual" else Decimal(0)
            left = 1 - (pilot + fund.assumed["uncollectible_percent", year]) / 100
            cash = (need / left).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            rows = [row for row in sheet.iter_rows() if str(row[0].value).startswith("Asked by the test")]
            values = [row[column - 1].value for row in rows]
            asking = [Decimal(str(value)) for value in values if isinstance(value, int | float)]
            required = max([cash, *asking])
            existing = at("Rates as they are bring")
            assert abs(at("Deficiency (positive is short)") - (required - existing)) < Decimal("0.005"), (
                fund,
                year,
            )


def test_the_aging_adds_up_and_is_the_mart(written, shown, formulas, marts):
    found, sheet = written[0], shown["Aging"]
    month_end = marts.execute(
        "SELECT max(month_end_on) FROM marts.fct_aging_monthly WHERE utility_id = ?", [found.utility_id]
    ).fetchone()[0]
    assert found.aging_on == month_end
    total, ledger = row_of(sheet, "All services"), row_of(sheet, "Balance of the ledger")
    sql = "SELECT sum(total_usd) FROM marts.fct_aging_monthly WHERE utility_id = ? AND month_end_on = ?"
    assert (
        in_cents(sheet.cell(ledger, 8).value)
        == marts.execute(sql, [found.utility_id, month_end]).fetchone()[0]
    )
    for column in range(2, 9):
        above = sum(in_cents(sheet.cell(place, column).value) for place in range(6, total))
        assert in_cents(sheet.cell(total, column).value) == above
        assert str(formulas["Aging"].cell(total, column).value).startswith("=SUM(")


def test_aging_of_a_closed_year_stands_on_its_last_day(place, marts):
    found = study(publish.required_build(place), "independence", 2020)
    assert found.aging_on == date(2020, 6, 30)


# ---- What may be changed


def test_yellow_cells_are_values_of_open_years_with_owner_and_source(written, formulas):
    found, sheet = written[0], formulas["Assumptions"]
    fund = found.funds[0]
    place = next(
        row[0].row
        for row in sheet.iter_rows()
        if row[1].value == "rate_adjustment_percent" and row[0].row > 5
    )
    for year in fund.kinds:
        cell = sheet.cell(place, column_of(sheet, year))
        assert not str(cell.value).startswith("=")
        assert (cell.fill.fgColor.rgb == "FFFFF4CC") == fund.is_open(year)
    owner = next(cell.column for cell in sheet[YEARS_ROW] if cell.value == "Owner")
    assert sheet.cell(place, owner).value == "City Council"
    assert sheet.cell(place, owner + 1).value == "2025-10-01"
    assert re.match(r"given \d{4}", sheet.cell(place, owner + 3).value)


def test_changed_assumptions_are_answered_by_the_functions_of_the_marts(place, marts):
    """6 % in the second open year: revenue of that year and all later ones, and every balance after it."""
    database, year = publish.required_build(place), first_open_year(marts, "warrensburg")
    plain = study(database, "warrensburg", year).funds[0]
    changes = {("sewer", "rate_adjustment_percent", year + 1): Decimal(6)}
    changed = study(database, "warrensburg", year, changes=changes).funds[0]
    was = plain.assumed["rate_adjustment_percent", year + 1]
    assert was != 6
    for at in plain.kinds:
        moved = changed.row_usd("adopted", "total:rate_revenue", at) - plain.row_usd(
            "adopted", "total:rate_revenue", at
        )
        assert (moved != 0) == (at > year), at
        ends = [one.amount("adopted", "ending_balance:ending_balance", at) for one in (plain, changed)]
        assert (ends[0] != ends[1]) == (at > year), at


# ---- Text from data


def test_hostile_text_is_never_a_formula(place, marts, tmp_path):
    year = first_open_year(marts, "warrensburg")
    found = study(publish.required_build(place), "warrensburg", year)
    fund = found.funds[0]
    for number, row in enumerate(fund.lines.values()):
        row["title"] = HOSTILE[number % len(HOSTILE)]
    for number, test in enumerate(fund.tests):
        fund.tests[number] = {**test, "title": HOSTILE[number % len(HOSTILE)], "ordinance": HOSTILE[0]}
    for rows in fund.assumptions.values():
        for row in rows:
            row.update(owner=HOSTILE[0], source=HOSTILE[1], note=HOSTILE[3])
    hostile = replace(found, name=HOSTILE[0], scenario_title=HOSTILE[3], mark=HOSTILE[1])
    path = tmp_path / "hostile.xlsx"
    formulas = {(one.sheet, one.cell) for one in rate_book.write(hostile, path)}
    seen = 0
    for sheet in openpyxl.load_workbook(path).worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    assert (sheet.title, cell.coordinate) in formulas
                    assert "HYPERLINK" not in cell.value
                elif isinstance(cell.value, str):
                    assert not re.match(r"[=+\-@\t\r\n]", cell.value), (sheet.title, cell.coordinate)
                    seen += cell.value.startswith("'")
    assert seen > 20


def test_names_of_tabs_are_those_that_a_workbook_may_have():
    assert sheet_name("a/b:c*?[d]'s", []) == "a b c   d  s"
    taken = ["Sewer multi-year"]
    assert sheet_name("sewer multi-year", taken) == "sewer multi-year 2"
    assert len(sheet_name("x" * 60, ["x" * 31])) == 31
    assert sheet_name("", []) == "Sheet"
