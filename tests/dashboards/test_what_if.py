"""What if: the answers of the marts to the cent, what is saved, and the page as Streamlit runs it."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import polars as pl
import pytest

from dashboards import data, formats, what_if, what_if_files
from dashboards.what_if import Changes
from dashboards.what_if_files import Tried
from ratehouse.errors import UsageError
from ratehouse.workspace import Workspace
from tests.support.finance_cases import YEAR

from .conftest import FUNDS_BUILD
from .fund_towns import GROWN
from .test_pages import figures, texts
from .test_sufficiency_page import rows_of

FUND, PLAN = "sewer", "base"
AHEAD = list(range(YEAR, YEAR + 11))
UNCHANGED = Changes()


@pytest.fixture
def page_of(funds, at_workspace):
    """What a page asks with, of a utility of the funds that are known by hand."""
    at_workspace(funds)
    build = data.Build(FUNDS_BUILD, str(funds.build_database(FUNDS_BUILD)))

    def of(utility: str) -> SimpleNamespace:
        return SimpleNamespace(
            build=build, utility_id=utility,
            ask=lambda question, **more: data.ask(build, question, **more),
        )  # fmt: skip

    return of


def mart(page, question: str, **more: object) -> pl.DataFrame:
    return page.ask(question, utility=page.utility_id, fund=FUND, plan=PLAN, **more)


def same(found: pl.DataFrame, of_mart: pl.DataFrame, *leave_out: str) -> bool:
    """Whether both hold the same rows, in the columns that the mart has."""
    columns = [column for column in of_mart.columns if column not in leave_out]
    assert set(columns) <= set(found.columns)
    return sorted(map(repr, found.select(columns).rows())) == sorted(
        map(repr, of_mart.select(columns).rows())
    )


UTILITIES = ["base", "reserve_draw_300000", "coverage_governs", "san_leandro", "steady", "grown", "bare"]


@pytest.mark.parametrize("utility", UTILITIES)
def test_what_is_not_changed_equals_the_marts_row_for_row(page_of, utility):
    page = page_of(utility)
    given = what_if.assumptions(page, FUND, PLAN)
    years = given["fiscal_year"].unique().to_list()
    found = what_if.outcome(page, what_if.changed(given, years, UNCHANGED))
    assert found.answers.height
    assert same(found.answers, mart(page, "sufficiency_answers"))
    assert same(found.tests, mart(page, "sufficiency_tests"))
    assert same(found.flows, mart(page, "cash_flow"))


def test_a_change_here_equals_the_marts_of_the_city_that_assumed_it(page_of):
    """`grown` has in its assumptions.yml what is set here on `steady`: no figure differs by a cent."""
    steady, grown = page_of("steady"), page_of("grown")
    given = what_if.assumptions(steady, FUND, PLAN)
    changes = Changes(every_year={name: Decimal(value) for name, value in GROWN.items()})
    found = what_if.outcome(steady, what_if.changed(given, AHEAD, changes))
    assert same(found.answers, mart(grown, "sufficiency_answers"), "utility_id")
    assert same(found.tests, mart(grown, "sufficiency_tests"), "utility_id")
    assert same(found.flows, mart(grown, "cash_flow"), "utility_id")
    assert not same(found.flows, mart(steady, "cash_flow"))


def test_changes_are_put_where_they_belong(page_of):
    given = what_if.assumptions(page_of("grown"), FUND, PLAN)
    changed = what_if.changed(given, AHEAD, Changes(
        every_year={"growth_percent": Decimal(1)},
        by_year={what_if.ADJUSTMENT: {YEAR + 1: Decimal(3)}, what_if.SHOCK: {YEAR: Decimal(-8)}},
        inflation_points=Decimal("0.5"),
    ))  # fmt: skip

    def values(rows: pl.DataFrame, name: str) -> dict[int, Decimal]:
        of_name = rows.filter((pl.col("assumption_name") == name) & pl.col("fiscal_year").is_in(AHEAD))
        return dict(of_name.select("fiscal_year", "assumption_value").iter_rows())

    assert set(values(changed, "growth_percent").values()) == {Decimal(1)}
    assert set(values(changed, "inflation_percent.other").values()) == {Decimal("4.5")}
    assert values(changed, what_if.ADJUSTMENT) == dict.fromkeys(AHEAD, 0) | {YEAR + 1: 3}
    assert values(changed, what_if.SHOCK) == values(given, what_if.SHOCK) | {YEAR: -8}
    before = given.filter(~pl.col("fiscal_year").is_in(AHEAD))
    assert same(changed.filter(~pl.col("fiscal_year").is_in(AHEAD)), before)


def test_an_edit_between_many_rows_is_not_answered_with_what_was_kept_for_another(page_of):
    page = page_of("steady")
    given = what_if.assumptions(page, FUND, PLAN)
    found = [
        what_if.outcome(page, what_if.changed(given, AHEAD, Changes({"growth_percent": Decimal(percent)})))
        for percent in (0, 1, 2)
    ]
    revenue = [one.answers["existing_rate_revenue_usd"].to_list() for one in found]
    assert [of_year[1] for of_year in revenue] == [
        Decimal("3500000.00"), Decimal("3535000.00"), Decimal("3570000.00")
    ]  # fmt: skip


# Named and saved


TRIED = Tried(
    name="Drought, then 3 % a year", utility_id="steady", fund=FUND, based_on=PLAN, build_id=FUNDS_BUILD,
    changes=Changes(
        every_year={"inflation_percent.other": Decimal("4.25")},
        by_year={what_if.SHOCK: {YEAR: Decimal(-10)}, what_if.ADJUSTMENT: dict.fromkeys(AHEAD, Decimal(3))},
        inflation_points=Decimal("-0.5"),
    ),
)  # fmt: skip


def test_what_is_saved_is_read_back_and_never_written_over(tmp_path):
    workspace = Workspace.at(tmp_path)
    slug = what_if_files.save(workspace, TRIED)
    found, problems = what_if_files.saved(workspace, "steady")
    assert not problems
    assert found[slug].changes == TRIED.changes
    assert found[slug].saved_by and found[slug].saved_at
    with pytest.raises(UsageError, match="is saved already"):
        what_if_files.save(workspace, TRIED)
    what_if_files.delete(workspace, "steady", slug)
    assert what_if_files.saved(workspace, "steady") == ({}, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fund: sewer", "fund: ../sewer"),
        ("utility_id: steady", "utility_id: other"),
        ("'-10'", "-10.5"),
        ("'4.25'", "'1e9'"),
        ("based_on: base", "based_on: [base]"),
        ("inflation_percent.other", "'; drop table'"),
    ],
)
def test_a_file_that_says_no_scenario_is_told(tmp_path, old, new):
    workspace = Workspace.at(tmp_path)
    slug = what_if_files.save(workspace, TRIED)
    path = tmp_path / "scenarios" / "steady" / "what_if" / f"{slug}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found, problems = what_if_files.saved(workspace, "steady")
    assert not found
    assert slug in problems[0]


# The page


@pytest.fixture
def page(open_funds):
    return lambda utility, **query: open_funds("scenarios", utility=utility, **query)


def slider(app, name: str):
    return next(one for one in app.select_slider if one.key.startswith(f"{name} "))


def test_nothing_moved_shows_the_scenario(page):
    app = page("Base")
    assert figures(app)[f"Shortfall before reserves, FY {YEAR}"][0] == f"{formats.MINUS}$280,000"
    assert "Nothing is set otherwise" in texts(app)


def test_a_slider_answers_at_once_and_says_what_moved(page):
    app = page("Steady")
    before = figures(app)
    slider(app, "growth_percent").set_value(Decimal("2.5").normalize()).run()
    assert not app.exception
    after = figures(app)
    assert after != before
    rows = rows_of(app, f"FY {YEAR} projected")
    assert "before" in rows and "after" in rows
    was = before[f"Shortfall before reserves, FY {YEAR}"][0]
    assert after[f"Surplus before reserves, FY {YEAR}"][1] == f"“Rates as adopted”: {was}"


def test_a_level_adjustment_is_set_in_every_year(page):
    app = page("Steady")
    mode = next(one for one in app.get("button_group") if str(one.key).startswith("mode "))
    mode.set_value("level").run()
    assert not app.exception
    side = rows_of(app, "As set here")
    # 3 % in each of eleven years: 1.03 to the eleventh.
    assert side["Adjustments of all years together"][0] == f"+38.42{formats.THIN}%"


def test_the_least_path_is_found_on_the_page(page):
    app = page("Steady")
    slider(app, "growth_percent").set_value(Decimal(1)).run()
    next(one for one in app.button if one.key == "find_path").click().run()
    assert not app.exception
    assert "The same each year: FY" in texts(app)
    next(one for one in app.button if one.key == "use_path").click().run()
    assert not app.exception
    # What else was moved stays, and with it every required test passes.
    assert slider(app, "growth_percent").value == 1
    assert rows_of(app, "As set here")["First that fails"][0] == "none fails"


def test_what_is_set_is_saved_loaded_and_compared(page, funds):
    app = page("Steady")
    slider(app, "growth_percent").set_value(Decimal("2.5").normalize()).run()
    app.text_input(key="what_if_name").set_value("More customers").run()
    next(one for one in app.button if one.key == "what_if_save").click().run()
    try:
        assert not app.exception
        assert "Saved as More customers." in app.success[0].value
        again = page("Steady", named="More customers")
        assert slider(again, "growth_percent").value == Decimal("2.5")
        next(one for one in again.multiselect if one.key == "what_if_compared").set_value(
            ["saved:more-customers"]
        ).run()
        assert not again.exception
        side = rows_of(again, "More customers")
        assert len(set(side["Required tests passed, FY 2026 to 2036"])) >= 1
    finally:
        what_if_files.delete(funds, "steady", "more-customers")
