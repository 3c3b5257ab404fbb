"""The books of the years before a run: whole, plausible, and tied to the cash with which the run begins."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import simulator
from tests.support.cities import rows_of

EARNED = ("rate_revenue", "other_operating_revenue", "non_operating_revenue")
SPENT = ("operating_expense", "debt_service", "rate_funded_capital", "transfer")
STARTS = {"independence": ("2016-07", 7), "warrensburg": ("2016-10", 10)}


@pytest.fixture(scope="module", params=STARTS)
def year(request, tmp_path_factory) -> tuple[Path, int]:
    """A run of one whole fiscal year, and the month with which fiscal years begin."""
    first_month, fiscal_start = STARTS[request.param]
    out = tmp_path_factory.mktemp("past") / request.param
    simulator.run(request.param, out, accounts=150, first_month=first_month, months=12)
    return out, fiscal_start


@pytest.fixture(scope="module")
def within_a_year(tmp_path_factory) -> Path:
    """A run that begins in the middle of a fiscal year."""
    out = tmp_path_factory.mktemp("past") / "independence"
    simulator.run("independence", out, accounts=150, first_month="2020-01", months=2)
    return out


def _actual(folder: Path) -> pl.DataFrame:
    """The actual rows of the books with the category of their line."""
    books = rows_of(folder, "ledger_balances").filter(pl.col("scenario") == "actual")
    return books.join(rows_of(folder, "chart_of_lines").select("line", "category"), on="line")


def _end_of(fiscal_year: int, fiscal_start: int) -> dt.date:
    """The last day of a fiscal year that does not begin in January."""
    return dt.date(fiscal_year, fiscal_start, 1) - dt.timedelta(days=1)


def _flow(rows: pl.DataFrame) -> Decimal:
    """What came in less what went out."""
    came = rows.filter(pl.col("category").is_in(EARNED))["amount"].sum()
    went = rows.filter(pl.col("category").is_in(SPENT))["amount"].sum()
    return came - went


def test_five_whole_years_stand_before_the_run_and_one_budget_after_it(year):
    folder, _ = year
    books = _actual(folder)
    whole = books.filter(pl.col("period") == 0)
    assert set(whole["fiscal_year"]) == set(range(2012, 2017))
    assert set(books.filter(pl.col("period") > 0)["fiscal_year"]) == {2017}
    for (fund, _), rows in whole.group_by("fund", "fiscal_year"):
        assert {*EARNED, "operating_expense", "depreciation", "debt_service", "rate_funded_capital"} <= set(
            rows["category"]
        )
        assert rows["amount"].min() > 0 and rows["line"].is_unique().all(), fund
    budget = rows_of(folder, "ledger_balances").filter(pl.col("scenario") == "budget")
    assert set(budget["fiscal_year"]) == {2017, 2018} and set(budget["period"]) == {0}
    assert set(budget.filter(pl.col("fiscal_year") == 2018)["fund"]) == set(books["fund"])


def test_cash_at_the_end_is_cash_at_the_beginning_and_the_flows(year):
    folder, fiscal_start = year
    books = _actual(folder)
    cash = rows_of(folder, "cash_balances")
    held = {(row["fund"], row["as_of"]): row for row in cash.iter_rows(named=True)}
    for fund in books["fund"].unique():
        for fiscal_year in range(2012, 2017):
            before = held[fund, _end_of(fiscal_year - 1, fiscal_start)]
            after = held[fund, _end_of(fiscal_year, fiscal_start)]
            rows = books.filter((pl.col("fund") == fund) & (pl.col("fiscal_year") == fiscal_year))
            assert after["unrestricted"] == before["unrestricted"] + _flow(rows)
            assert before["unrestricted"] > 0
            (line,) = rows.filter(pl.col("line") == "cash")["amount"].to_list()
            assert line == after["unrestricted"] + after["restricted"]
            interest = rows.filter(pl.col("line") == "interest_income")["amount"].sum()
            assert abs(interest - before["unrestricted"] / 100) <= Decimal("0.01")  # 1 %
    assert cash.select("fund", "as_of").is_unique().all()


def test_the_schedule_has_the_debt_service_of_every_year_before(year):
    folder, fiscal_start = year
    debt = rows_of(folder, "debt_service").with_columns(
        fiscal_year=pl.col("payment_on").dt.year() + (pl.col("payment_on").dt.month() >= fiscal_start)
    )
    due = debt.group_by("fund", "fiscal_year").agg(due=pl.col("principal").sum() + pl.col("interest").sum())
    books = _actual(folder).filter((pl.col("line") == "debt_service") & (pl.col("period") == 0))
    both = books.join(due, on=["fund", "fiscal_year"])
    assert both.height == books.height and (both["amount"] == both["due"]).all()
    # An issue that is paid off asks for no reserve; payments of the others differ by a few dollars.
    ahead = due.filter(pl.col("fiscal_year") >= 2017).group_by("fund").agg(pl.col("due").max())
    now = rows_of(folder, "cash_balances").sort("as_of").group_by("fund").agg(pl.col("restricted").last())
    reserves = now.join(ahead, on="fund")
    assert reserves.height == now.height
    assert ((reserves["restricted"] - reserves["due"]).cast(float).abs() < 5).all(), reserves


def test_the_last_year_before_is_near_the_first_one_of_the_run(year):
    folder, _ = year
    books = _actual(folder)
    yearly = books.group_by("fund", "fiscal_year", "category").agg(pl.col("amount").sum().cast(float))
    wide = yearly.pivot("fiscal_year", index=["fund", "category"], values="amount")
    # 2.5 percent of prices, and the luck of the months.
    costs = wide.filter(pl.col("category") == "operating_expense")
    assert (costs["2017"] / costs["2016"]).is_between(1.0, 1.06).all(), costs
    assert (costs["2016"] / costs["2012"]).is_between(1.06, 1.15).all(), costs  # 1.025 ** 4 is 1.104


def test_a_run_within_a_fiscal_year_has_its_earlier_months_once(within_a_year):
    books = _actual(within_a_year)
    assert set(books.filter(pl.col("period") == 0)["fiscal_year"]) == set(range(2015, 2020))
    first = books.filter(pl.col("fiscal_year") == 2020)
    assert set(first["period"]) == set(range(1, 9))  # July to February
    assert first.select("fund", "period", "line").is_unique().all()
    earlier = first.filter((pl.col("period") <= 6) & (pl.col("line") != "cash"))
    assert "receivable" not in set(earlier["line"]) and "rate_revenue" in set(earlier["line"])
    cash = {
        (row["fund"], row["as_of"]): row["unrestricted"]
        for row in rows_of(within_a_year, "cash_balances").iter_rows(named=True)
    }
    for fund in books["fund"].unique():
        flow = _flow(earlier.filter(pl.col("fund") == fund))
        assert cash[fund, dt.date(2019, 12, 31)] == cash[fund, dt.date(2019, 6, 30)] + flow
