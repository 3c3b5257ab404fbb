"""`ratehouse report close`: the workbook and the PDF of a month, read back and held against the marts."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from dashboards import formats
from dashboards.words import ROLLFORWARD
from ratehouse import publish
from ratehouse.warehouse import connect
from ratehouse.workspace import Workspace
from reports import document, workbook
from reports.close import QUERIES, close
from reports.layout import Section, Table
from tests.support.pdf import text_of

UTILITY, MONTH, MONTH_END = "independence", "2020-12", date(2020, 12, 31)
MARK = "Simulated data. Not figures of the City of Independence Utilities."
TAKEN_OFF = ("payments_usd", "credits_usd", "write_offs_usd")
AGES = ("not_yet_due_usd", "d1_30_usd", "d31_60_usd", "d61_90_usd", "d91_120_usd", "over_120_usd")
SHEETS = [
    "Summary", "Roll-forward", "Tie to the books", "Aging", "Unbilled", "Allowance", "Deposits",
    "Penalties and fees", "Findings", "Basis",
]  # fmt: skip


def table_of(sheet: Worksheet, first_heading: str, nth: int = 1) -> list[dict[str, object]]:
    """The rows below the nth heading row that begins so, down to the first empty line; money in cents."""
    rows = list(sheet.iter_rows(values_only=True))
    at = [place for place, row in enumerate(rows) if row[0] == first_heading][nth - 1]
    headings = [heading for heading in rows[at] if heading]
    found = []
    for row in rows[at + 1 :]:
        if row[0] is None or all(value is None for value in row[1:]):
            break
        found.append(dict(zip(headings, map(in_cents, row), strict=False)))
    return found


def in_cents(value: object) -> object:
    """A number of a sheet as Decimal; sheets hold floats, exact to the cent."""
    return Decimal(f"{value:.2f}") if isinstance(value, int | float) else value


def asked(marts, sql: str, **more: object) -> list[dict]:
    known = {"utility": UTILITY, "month_end": MONTH_END} | more
    relation = marts.execute(sql, {name: known[name] for name in set(re.findall(r"\$(\w+)", sql))})
    names = [column[0] for column in relation.description]
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


# ---- The command


def test_it_writes_a_workbook_and_a_pdf_and_says_where(place, ratehouse):
    ended = ratehouse("report", "close", "--utility", UTILITY, "--month", MONTH, "--workspace", place.root)
    assert ended.code == 0, ended.err
    build_id = publish.required_build(place).stem
    for ending in ("xlsx", "pdf"):
        path = place.reports / UTILITY / f"close-{MONTH}-{build_id}.{ending}"
        assert str(path) in ended.out.splitlines()
        assert path.stat().st_size > 5_000
    assert MARK in ended.out
    assert sorted(path.suffix for path in (place.reports / UTILITY).iterdir()) == [".pdf", ".xlsx"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--utility", "nowhere", "--month", MONTH], "Unknown utility nowhere"),
        (
            ["--utility", UTILITY, "--month", "2020-13"],
            "--month 2020-13: is not a month. Write it as 2021-06.",
        ),
        (["--utility", UTILITY, "--month", "12/2020"], "is not a month"),
        (["--utility", UTILITY, "--month", "2021-07"], "has not ended by 2021-06-30"),
        (["--utility", UTILITY, "--month", "2019-06"], "begin on 2019-07-01"),
        (["--month", MONTH], "Say which utility with --utility"),
        (["--utility", UTILITY, "--month", MONTH, "--build", "1999"], "1999"),
    ],
)
def test_wrong_use_ends_with_2_and_writes_nothing(place, tmp_path, ratehouse, arguments, said):
    elsewhere = Workspace.at(tmp_path)
    elsewhere.utilities.symlink_to(place.utilities)
    elsewhere.warehouse.symlink_to(place.warehouse)
    ended = ratehouse("report", "close", *arguments, "--workspace", tmp_path)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert said in ended.err
    assert not elsewhere.reports.exists()


def test_a_utility_that_the_build_does_not_hold_is_named(place, tmp_path, ratehouse):
    """Its policy is there, and nothing was delivered yet."""
    workspace = Workspace.at(tmp_path)
    (workspace.utilities / "springfield").mkdir(parents=True)
    (workspace.utilities / "springfield" / "utility.yml").touch()
    workspace.warehouse.symlink_to(place.warehouse)
    ended = ratehouse("report", "close", "--month", MONTH, "--workspace", tmp_path)
    assert ended.code == 2
    assert "nothing of springfield. It has: independence, warrensburg." in ended.err


# ---- Figures


def test_the_workbook_has_the_rollforward_of_each_fund(closed, marts):
    sheet = openpyxl.load_workbook(closed[1])["Roll-forward"]
    lines = {str(row.pop("Dollars")): row for row in table_of(sheet, "Dollars")}
    mart = "FROM marts.rpt_receivable_rollforward WHERE utility_id = $utility AND month_end_on = $month_end"
    funds = asked(marts, mart)
    assert len(funds) == 3
    for row in funds:
        for step, label in ROLLFORWARD.items():
            shown = lines.get(label, {}).get(row["fund"].capitalize(), 0)
            assert shown == (-row[step] if step in TAKEN_OFF else row[step]), (row["fund"], step)
    for line in lines.values():
        total = line.pop("Total")
        assert total == sum(line.values())


@pytest.mark.parametrize("utility", ["independence", "warrensburg"])
def test_every_month_adds_up(place, marts, utility):
    """Opening to closing, aging by service and by class, unbilled: to the cent, month by month."""
    months = asked(
        marts,
        "SELECT DISTINCT month_end_on FROM marts.rpt_receivable_rollforward WHERE utility_id = $utility",
        utility=utility,
    )
    assert len(months) == 24
    for month in (row["month_end_on"] for row in months):
        found = close(publish.required_build(place), utility, month)
        parts = {section.sheet: section for section in found.sections}
        closing = closings(parts["Roll-forward"])
        owed = found.figures[0].value
        assert closing == owed
        total = column(parts["Tie to the books"].tables[0], -1)
        assert (
            total["By aging"]
            == total["By roll-forward"]
            == total["By ledger"]
            == total["In the books"]
            == owed
        )
        assert total["Difference"] == 0
        aged = column(parts["Aging"].tables[0], -1)
        assert aged["Owed"] == owed
        for table in parts["Aging"].paper:
            *ages, last = [row[1:] for row in table.rows]
            assert [sum(column) for column in zip(*ages, strict=True)] == list(last)
            assert sum(last[:-1]) == last[-1] == owed
        for row in parts["Unbilled"].tables[0].rows:
            opening, earned, billed, unbilled = row[2:6]
            assert opening + earned + billed == unbilled
        moved = {row[0]: row[-1] for row in parts["Roll-forward"].tables[0].rows}
        penalties, fees = parts["Penalties and fees"].tables
        for row in penalties.rows:
            posted, *became, still_open = row[3:9]
            assert posted + sum(became) == still_open
        assert column(penalties, -1)["Posted"] == moved.get("Penalties", 0)
        charged = [row[4] for row in fees.rows if row[0] == "Posted to accounts"]
        assert sum(charged) == moved.get("Fees", 0)


def closings(section: Section) -> Decimal:
    """The closing of all funds, after both tables of the roll-forward have been added up."""
    for table in section.tables:
        for place in range(1, len(table.headings)):
            *steps, closing = [row[place] for row in table.rows]
            assert sum(steps) == closing
    return section.tables[0].rows[-1][-1]


def column(table: Table, place: int) -> dict[str, object]:
    """A row by heading."""
    return dict(zip(table.headings, table.rows[place], strict=True))


def test_the_workbook_has_the_aging_by_service_and_class(closed, marts):
    rows = table_of(openpyxl.load_workbook(closed[1])["Aging"], "Service")
    found = {(row["Service"], row["Class"]): row for row in rows}
    expected = asked(
        marts,
        f"""
        SELECT service, customer_class, {", ".join(f"sum({age}) AS {age}" for age in AGES)},
            sum(total_usd) AS total_usd,
            count(DISTINCT account_id) FILTER (total_usd + unapplied_usd > 0) AS accounts
        FROM marts.fct_aging_monthly WHERE utility_id = $utility AND month_end_on = $month_end GROUP BY ALL
        """,
    )
    assert len(expected) >= 4
    for row in expected:
        service = "Account, no service" if row["service"] == "account" else row["service"].capitalize()
        line = found[service, row["customer_class"].capitalize()]
        assert list(line.values())[2:8] == [row[age] for age in AGES]
        assert (line["Owed"], line["Accounts with open items"]) == (row["total_usd"], row["accounts"])
    assert found["Total", "Total"]["Owed"] == sum(row["total_usd"] for row in expected)


def test_the_workbook_has_both_versions_of_unbilled(closed, marts):
    rows = table_of(openpyxl.load_workbook(closed[1])["Unbilled"], "Service")
    (total,) = (row for row in rows if (row["Service"], row["Class"]) == ("Total", "Total"))
    (expected,) = asked(
        marts,
        """
        SELECT sum(unbilled_usd) AS unbilled_usd, sum(known_unbilled_usd) AS known_unbilled_usd
        FROM marts.fct_revenue_monthly
        WHERE utility_id = $utility AND month_end_on = $month_end AND service <> 'account'
        """,
    )
    assert total["Unbilled, as it turned out"] == expected["unbilled_usd"]
    assert total["Unbilled, as could be known then"] == expected["known_unbilled_usd"]
    assert "Billing was suspended in this month." in openpyxl.load_workbook(closed[1])["Unbilled"]["A5"].value


def test_the_allowance_ties_from_opening_to_closing(place, marts):
    """At each fiscal year's end: the roll-forward, and the ages of both groups of accounts, to the cent."""
    years = asked(marts, "SELECT DISTINCT utility_id, month_end_on FROM marts.rpt_allowance_rollforward")
    assert len(years) >= 3
    for year in years:
        found = close(publish.required_build(place), year["utility_id"], year["month_end_on"])
        (part,) = (section for section in found.sections if section.sheet == "Allowance")
        moved, by_age = part.tables
        for place_of_year in range(1, len(moved.headings)):
            opening, *steps, closing, books, difference = [row[place_of_year] for row in moved.rows]
            if opening is not None:
                assert opening + sum(steps) == closing
            if difference is not None:
                assert closing - books == difference
        single = [row for row in by_age.rows if "Total" not in row]
        assert sum(row[2] for row in single) == by_age.rows[-1][2]
        if by_age.rows[-1][4] is not None:
            assert sum(row[4] or 0 for row in single) == by_age.rows[-1][4] == moved.rows[4][-1]


def test_deposits_roll_forward_and_are_what_was_posted(place, marts):
    for month_end in (MONTH_END, date(2021, 6, 30)):
        found = close(publish.required_build(place), UTILITY, month_end)
        (part,) = (section for section in found.sections if section.sheet == "Deposits")
        for place_of_span in (1, 2):
            *steps, closing = [row[place_of_span] for row in part.tables[0].rows]
            assert sum(steps) == closing
        (held,) = asked(
            marts,
            """
            SELECT sum(change_usd) AS usd,
                sum(change_usd) FILTER (posted_on > $first AND deposit_kind = 'received') AS got
            FROM marts.fct_deposits WHERE utility_id = $utility AND posted_on <= $month_end
            """,
            month_end=month_end,
            first=month_end.replace(day=1) - timedelta(days=1),
        )
        assert part.tables[0].rows[-1][1] == held["usd"] > 0
        assert part.tables[0].rows[1][1] == (held["got"] or 0)
        # what is due is known on the build's as-of date only
        due = asked(marts, "FROM marts.rpt_deposits_due WHERE utility_id = $utility")
        is_latest = month_end == date(2021, 6, 30)
        assert len(part.tables) == (3 if due and is_latest else 1)
        if is_latest and due:
            assert part.tables[1].rows[-1][1:3] == (len(due), sum(row["held_usd"] for row in due))


def test_the_workbook_has_every_finding_of_the_month(place, tmp_path):
    """Found in the clean demonstration is nothing: so two breaches are put into a copy of its build."""
    path = tmp_path / "findings.duckdb"
    shutil.copy(publish.required_build(place), path)
    detail = "=cmd|' /C calc'!A1"
    with connect(path) as connection:
        for key, day in (
            ("P1", "2020-12-31"),
            ("P2", "2020-12-01"),
            ("P3", "2021-01-01"),
            ("P4", "2020-11-30"),
        ):
            connection.execute(
                "INSERT INTO marts.rpt_policy_findings VALUES "
                "($utility, 'tender_not_taken', 'R40', '0001', 'payments', $key, $day, 45.06, NULL, $detail)",
                {"utility": UTILITY, "key": key, "day": day, "detail": detail},
            )
    workbook.write(close(path, UTILITY, MONTH_END), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Findings"]
    assert "2 rows of Dec 2020 differ from policy or tariff." in [cell.value for cell in sheet["A"]]
    rows = table_of(sheet, "Finding")
    assert [(row["Row"], row["Amount"], row["By policy"]) for row in rows] == [
        ("P2", Decimal("45.06"), formats.UNKNOWN),
        ("P1", Decimal("45.06"), formats.UNKNOWN),
    ]
    assert {row["What is wrong"] for row in rows} == {f"'{detail}"}
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A7:I9", "B8")
    total = table_of(sheet, "Finding", nth=2)[-1]
    assert (total["Rows"], total["Amount"]) == (Decimal(2), Decimal("90.12"))


def test_books_that_differ_are_said(closed):
    found = closed[0]
    ((place, tie),) = [
        (at, part) for at, part in enumerate(found.sections) if part.sheet == "Tie to the books"
    ]
    assert "agree to the cent in every fund" in tie.sentence and place == 1


# ---- The workbook


def test_every_sheet_says_whose_it_is_when_and_from_which_build(closed):
    book = openpyxl.load_workbook(closed[1])
    assert book.sheetnames == SHEETS
    for sheet in book:
        said = " ".join(str(cell.value) for row in sheet["A1:A3"] for cell in row)
        assert MARK in said
        assert f"December 2020. Build {closed[0].build_id}, as of 30 Jun 2021" in said
        parts = {part.sheet: part for part in closed[0].sections}
        if sheet.title in parts and parts[sheet.title].tables:
            assert sheet.freeze_panes.startswith("B")
    assert any("Assumed here" in str(cell.value) for cell in book["Aging"]["A"])
    assert any(cell.value == "billing.prorate_base" for cell in book["Basis"]["A"])


def test_money_is_a_number_with_a_format(closed):
    book = openpyxl.load_workbook(closed[1])
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("n", "s", "d"), f"{sheet.title}!{cell.coordinate}"
                if isinstance(cell.value, float):
                    assert cell.number_format != "General", f"{sheet.title}!{cell.coordinate}"
    cell = book["Roll-forward"]["B9"]
    assert cell.number_format.startswith("#,##0.00") and cell.alignment.horizontal == "right"


def test_no_cell_is_run_as_a_formula(closed, tmp_path):
    evil = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "https://example.org", "#strong[x] $y$ <z> \\")
    table = Table(
        ("=heading", "text"), ("text", "text"), tuple((text, text) for text in evil), title="=title"
    )
    section = Section("Evil", "=question", "=sentence", (table,), (table,), ("=note",))
    basis = replace(section, sheet="Evil basis")
    found = replace(closed[0], name="=Name", mark="=mark", sections=(section,), basis=basis)
    workbook.write(found, tmp_path / "evil.xlsx")
    book = openpyxl.load_workbook(tmp_path / "evil.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    text = [cell.value for cell in cells if cell.data_type == "s"]
    assert {"'=1+1", "'@SUM(A1)", "'=question", "'=heading", "'=note", "https://example.org"} <= set(text)
    assert not any(re.match(r"[=+@\t-]", value) for value in text)
    assert not any(cell.hyperlink for cell in cells)
    document.write(found, tmp_path / "evil.pdf")
    assert "#strong[x] $y$ <z> \\" in text_of(tmp_path / "evil.pdf")


# ---- The queries


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_a_query_begins_with_its_question_reads_marts_only_and_is_asked(path):
    sql = path.read_text(encoding="utf-8")
    assert re.match(r"-- .*\?", sql)
    code = re.sub(r"--[^\n]*|'[^']*'|extract\([^)]*\)", "", sql)
    read = set(re.findall(r"\b(?:from|join)\s+([\w.]+)", code)) - set(
        re.findall(r"(\w+) as \(\s*(?:select|unpivot)", code)
    )
    schemas = {name.split(".")[0] for name in read}
    if path.stem.startswith("workbook_"):
        # The workbook redoes the projection in formulas: it asks what the projection itself rests on, and the
        # answers of the functions of pages, kept as the tables a, l, t, s and f.
        schemas -= {"a", "l", "t", "s", "f"}
        assert all(name.startswith("intermediate.int_finance__") for name in read if "intermediate" in name)
        schemas -= {"intermediate"}
    assert read and schemas <= {"marts", "audit"}, read
    modules = QUERIES.parent.glob("*.py")
    assert any(f'"{path.stem}"' in module.read_text(encoding="utf-8") for module in modules)
