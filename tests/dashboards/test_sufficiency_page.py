"""Are the rates enough, run as Streamlit runs it: cases with known answers, and a fund little known."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import formats
from tests.support.finance_cases import PRINTED_COVERAGE, SMALL, YEAR, san_leandro_table

from .conftest import APP, PAGES
from .test_pages import figures, markup, texts

NOTHING = formats.UNKNOWN


def expected(case: str, quantity: str) -> str:
    return next(row["expected"] for row in SMALL if (row["case"], row["quantity"]) == (case, quantity))


def rows_of(app: AppTest, header: str) -> dict[str, list[str]]:
    """First cell of each row of the first table that has a header, to the others."""
    table = next(block for block in markup(app).split("<table") if f">{header}</th>" in block)
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table)]
    plain = [[html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in rows if row]
    return {row[0]: row[1:] for row in plain}


@pytest.fixture
def page(open_funds):
    return lambda utility, **query: open_funds("sufficiency", utility=utility, **query)


@pytest.mark.rule("R13")
def test_the_answer_stands_in_the_councils_words_with_both_answers(page):
    short = Decimal(expected("base", "deficiency_usd"))
    app = page("Base")
    answer = f"this year's rates cover this year's costs: no; {formats.usd_whole(short)} is short"
    assert f"FY {YEAR} (budget): {answer}. No use of reserves is planned." in texts(app)
    app = page("Reserve_Draw_300000")
    left = 300_000 - short
    assert f"{answer}; after using $300,000 of reserves: yes; {formats.usd_whole(left)} is left." in texts(
        app
    )


def test_the_figures_are_those_of_the_case(page):
    found = figures(page("Base"))
    short = Decimal(expected("base", "deficiency_usd"))
    assert found["Shortfall before reserves"][0] == formats.usd_whole(-short)
    full_year = expected("base", "adjustment_full_year_pct")
    assert found["Required adjustment"] == (
        f"+{full_year}{formats.THIN}%",
        f"from Jul {YEAR - 1}, month 1 of the year, on; +{full_year}{formats.THIN}% if it held all year and "
        "nobody used less",
    )
    assert found["Required tests passed"][0] == "1 of 2"
    assert found["Required tests passed"][1] == "the fund fails: cash fails"


def test_an_adjustment_in_the_fourth_month_is_higher(page):
    value, note = figures(page("Nine_Months"))["Required adjustment"]
    assert value == f"+{expected('base', 'adjustment_effective_9_months_pct')}{formats.THIN}%"
    assert note.startswith(f"from Oct {YEAR - 1}, month 4 of the year, on; ")


def test_every_step_from_the_lines_to_the_adjustment_is_shown(page):
    app = page("Coverage_Governs")
    need = rows_of(app, "Dollars")
    assert need["Operations"][1] == "2,400,000.00"
    assert need["Penalties"][1] == f"{formats.MINUS}200,000.00"
    # 2,400,000 and 1,800,000 and 100,000 and 150,000, less 220,000.
    assert need["Rates must pay"][1] == formats.amount(
        Decimal(expected("coverage_governs", "cash_required_usd"))
    )
    steps = rows_of(app, "Result")
    required = formats.usd(Decimal(expected("coverage_governs", "coverage_required_usd")))
    assert steps["Required revenue from rates"] == ["the greatest; decided by coverage", required]
    assert steps["Rates as they are bring"] == ["budget", "$3,500,000.00"]
    percent = f"+{expected('coverage_governs', 'adjustment_full_year_pct')}{formats.THIN}%"
    assert steps["Adjustment if it held all year"] == [
        f"{required} \N{DIVISION SIGN} $3,500,000.00 \N{MINUS SIGN} 1", percent,
    ]  # fmt: skip
    assert steps["Required adjustment"][1] == percent


@pytest.mark.parametrize(("test_id", "printed"), PRINTED_COVERAGE.items())
def test_both_coverages_of_san_leandro_stand_side_by_side(page, test_id, printed):
    app = page("San_Leandro", for_year="FY 2018 (budget)")
    opened = [block.label for block in app.expander if f" {test_id}: " in block.label]
    assert len(opened) == 1
    assert f" {printed[0]}x, " in opened[0] and "asked at least 1.25x" in opened[0]
    table = rows_of(app, "FY 2018 budget")
    assert [cell.split("x")[0] for cell in table[test_id]][: len(printed)] == printed


def test_the_multi_year_table_is_that_of_san_leandro(page):
    table = rows_of(page("San_Leandro"), "FY 2018 budget")
    for name, title in (("WPCP operations", "Wpcp operations"), ("Transfers", "Transfers")):
        printed = san_leandro_table()[name]
        assert table[title][: len(printed)] == [f"{amount:,.0f}" for amount in printed.values()]


def test_a_test_opens_to_its_lines(page):
    app = page("Base")
    body = next(block for block in app.expander if " coverage: " in block.label)
    text = html.unescape("".join(block.body for block in body.get("html")))
    for line, amount in (("Rates", "3,500,000.00"), ("Operations", f"{formats.MINUS}2,400,000.00")):
        assert f'<td>{line}</td><td class="n">{amount}</td>' in text
    assert '<td>Sum</td><td class="n">1,300,000.00</td>' in text
    assert '<td>Sum</td><td class="n">900,000.00</td>' in text
    assert expected("base", "dsc_at_existing_rates") + "x" in text
    assert "Rent" not in text


def test_each_fund_has_a_light_of_its_own(page):
    row = rows_of(page("Base"), "Light")["Sewer"]
    assert row[0] == "\N{MULTIPLICATION X} fails"
    assert row[1] == "1 of 2"


def test_a_fund_without_debt_cash_and_assumptions_says_what_is_not_known(page):
    app = page("Bare")
    assert "this year's rates cover this year's costs: yes; $100,000 is left" in texts(app)
    assert "What reserves do is not known: no cash balance was delivered." in texts(app)
    assert figures(app)["Required adjustment"][0] == "None"
    assert "No waiver touched a line of this fund." in texts(app)
    assert "Revenue at existing rates does not rest on bills" in texts(app)


def test_assumptions_stand_with_their_owner_and_what_was_not_given_is_named(page):
    app = page("Steady")
    opened = next(block for block in app.expander if block.label.startswith("Assumptions of FY"))
    text = html.unescape("".join(block.body for block in opened.get("html")))
    row = next(row for row in text.split("<tr>") if "Interest on the opening balance" in row)
    assert "Finance" in row and "given for the year" in row and "1 Jan 2025" in row
    assert "Not given, and so without effect: " in text
    assert "Payment in lieu of taxes, of rate revenue" in text.split("Not given")[1]


def test_the_least_path_stands_by_year_or_says_which_test_forbids_it(page):
    assert "The least rate path that passes every required test" in texts(page("Steady"))


def test_the_address_holds_year_and_scenario(page):
    app = page("Steady", for_year=f"FY {YEAR + 3} (projected)")
    assert f"FY {YEAR + 3} (projected): this year's rates" in texts(app)


@pytest.mark.parametrize("name", ["sufficiency", "scenarios"])
def test_without_books_the_page_says_what_to_deliver(open_page, name):
    app = open_page(name)
    assert "The books of this utility are not loaded" in app.info[0].value
    assert not app.metric


def test_the_pages_are_in_the_navigation():
    text = APP.read_text(encoding="utf-8")
    assert all(PAGES[name] in text for name in ("sufficiency", "scenarios"))
