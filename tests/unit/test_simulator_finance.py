"""The books of the simulated cities: they add up, and they are those of the run they stand beside."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import simulator
from tests.support.cities import latest_of, rows_of

BALANCES = ("receivable", "allowance", "unbilled", "cash")
CENT = Decimal("0.01")


def _fiscal_start(folder: Path) -> int:
    return 7 if "independence" in folder.name else 10


def _with_months(folder: Path) -> pl.DataFrame:
    """The actual rows of the run's own months, with the last day of their month."""
    start = _fiscal_start(folder)
    rows = rows_of(folder, "ledger_balances").filter(
        (pl.col("scenario") == "actual") & (pl.col("period") > 0)
    )
    number = (pl.col("fiscal_year") - 1) * 12 + start - 1 + pl.col("period") - 1
    rows = rows.with_columns(month_end=pl.date(number // 12, number % 12 + 1, 1).dt.month_end())
    # What stands before the run has no receivable.
    return rows.filter(
        pl.col("month_end") >= pl.lit(rows.filter(pl.col("line") == "receivable")["month_end"].min())
    )


def _sum(rows: pl.DataFrame, *lines: str) -> Decimal:
    return rows.filter(pl.col("line").is_in(lines))["amount"].sum() or Decimal(0)


def test_every_line_is_in_the_chart_and_every_category_of_a_year_is_there(city):
    chart = latest_of(city, "chart_of_lines")
    books = rows_of(city, "ledger_balances")
    assert set(books["line"]) <= set(chart["line"])
    used = chart.filter(pl.col("line").is_in(books["line"].unique().to_list()))
    assert {
        "rate_revenue", "other_operating_revenue", "non_operating_revenue", "operating_expense",
        "depreciation", "debt_service", "rate_funded_capital", "receivable", "allowance", "unbilled", "cash",
    } <= set(used["category"])  # fmt: skip
    assert chart["sort"].is_unique().all() and chart["gl_account"].is_unique().all()
    key = ["fund", "fiscal_year", "period", "line", "scenario"]
    assert books.select(key).is_unique().all()


def test_each_month_has_actuals_of_every_fund_and_each_year_a_budget(city):
    books = _with_months(city)
    months = rows_of(city, "bills")["bill_date"].dt.month_end().unique()
    for fund in books["fund"].unique():
        own = books.filter(pl.col("fund") == fund)
        for line in ("rate_revenue_residential", "rate_revenue_municipal", "personnel", *BALANCES):
            assert own.filter(pl.col("line") == line)["month_end"].n_unique() == 24, (fund, line)
    assert books["month_end"].max() == months.max()
    budget = rows_of(city, "ledger_balances").filter(pl.col("scenario") == "budget")
    assert set(budget["period"]) == {0}
    # A year that begins the day after the last month has its budget already.
    last, ends_with_year = books["fiscal_year"].max(), books["month_end"].max().month % 12 + 1
    coming = {last + 1} if ends_with_year == _fiscal_start(city) else set()
    assert set(budget["fiscal_year"]) == set(books["fiscal_year"]) | coming
    assert bool(coming) == (city.name.endswith("warrensburg"))
    assert not set(budget["line"]) & set(BALANCES)


def test_budgets_are_near_what_a_whole_year_comes_to(city):
    books = rows_of(city, "ledger_balances")
    # The actual revenue is by customer class, the budget's in one line.
    line = pl.col("line").str.replace(r"^rate_revenue_.*", "rate_revenue")
    actual = books.filter((pl.col("scenario") == "actual") & (pl.col("period") > 0))
    actual = actual.group_by("fund", "fiscal_year", "period", line).agg(pl.col("amount").sum())
    whole = actual.group_by("fund", "fiscal_year", "line").agg(pl.col("amount").sum(), months=pl.len())
    budget = books.filter(pl.col("scenario") == "budget")
    both = whole.filter(pl.col("months") == 12).join(
        budget, on=["fund", "fiscal_year", "line"], suffix="_planned"
    )
    both = both.with_columns(ratio=pl.col("amount").cast(float) / pl.col("amount_planned").cast(float))
    near = both.filter(pl.col("line").is_in(["personnel", "purchased", "debt_service"]))
    assert near.height >= 3 and near["ratio"].is_between(0.95, 1.05).all(), near
    # A few hundred accounts have a business too many, or one too few.
    revenue = both.filter(pl.col("line") == "rate_revenue")
    assert revenue.height and revenue["ratio"].is_between(0.6, 1.6).all(), revenue


def test_cash_moves_by_what_is_received_and_spent(city):
    """Both cities collect what their payments say, less returns and refunds, and pay what their books say."""
    books = _with_months(city)
    payments, returns = rows_of(city, "payments"), rows_of(city, "payment_returns")
    adjustments = rows_of(city, "adjustments")
    cash = latest_of(city, "cash_balances")
    ends = sorted(books["month_end"].unique())
    for before, now in zip(ends, ends[1:], strict=False):
        in_month = pl.col("posted_on").is_between(before, now, closed="right")
        corrected = [
            latest.filter(in_month)["amount"].sum() for latest in (latest_of(city, "payments"), returns)
        ]
        refunds = adjustments.filter(in_month & (pl.col("kind") == "refund"))["amount"].sum()
        received = (corrected[0] or 0) - (corrected[1] or 0) - (refunds or 0)
        rows = books.filter(pl.col("month_end") == now)
        spent = _sum(
            rows, "personnel", "purchased", "chemicals", "contractual", "materials", "billing_collection",
            "administration", "debt_service", "rate_funded_capital", "pilot",
        )  # fmt: skip
        earned = _sum(rows, "other_revenue", "interest_income")
        change = (
            cash.filter(pl.col("as_of") == now)["unrestricted"].sum()
            - cash.filter(pl.col("as_of") == before)["unrestricted"].sum()
        )
        assert abs(change - (received + earned - spent)) <= 3 * CENT, now
    cash = cash.filter(pl.col("as_of") >= ends[0])
    held = cash.select("fund", month_end="as_of", held=pl.col("unrestricted") + pl.col("restricted"))
    line = books.filter(pl.col("line") == "cash").join(held, on=["fund", "month_end"])
    assert line.height == cash.height and (line["amount"] == line["held"]).all()
    assert payments.height


def test_debt_service_in_the_books_is_that_of_the_schedule(city):
    debt = latest_of(city, "debt_service")
    books = _with_months(city).filter(pl.col("line") == "debt_service")
    for row in books.iter_rows(named=True):
        due = debt.filter(
            (pl.col("fund") == row["fund"]) & (pl.col("payment_on").dt.month_end() == row["month_end"])
        )
        assert row["amount"] == (due["principal"].sum() or 0) + (due["interest"].sum() or 0)
    assert books["amount"].sum() > 0
    assert debt["payment_on"].max() > dt.date(2029, 1, 1)
    yearly = (
        debt.with_columns(year=pl.col("payment_on").dt.year())
        .group_by("issue_id", "year")
        .agg(pl.col("principal").sum() + pl.col("interest").sum(), payments=pl.len())
    )
    for (_,), issue in yearly.filter(pl.col("payments") == 2).group_by("issue_id"):
        paid = issue["principal"].to_list()
        assert max(paid) - min(paid) < Decimal(2)  # level


def test_pilot_and_card_fees_follow_the_run(independence):
    books = _with_months(independence).filter(pl.col("fund") == "electric")
    wide = books.pivot("line", index="month_end", values="amount")
    earned = pl.sum_horizontal(pl.col("^rate_revenue_.*$"))
    for revenue, pilot in wide.select(earned, "pilot").iter_rows():
        assert abs(pilot - revenue * Decimal("0.0908")) <= CENT
    draw = books.filter(pl.col("line") == "reserve_draw")
    given = latest_of(independence, "adjustments").filter(
        (pl.col("kind") == "rebate") & pl.col("event_id").is_not_null()
    )
    monthly = given.group_by(month_end=pl.col("posted_on").dt.month_end()).agg(-pl.col("amount").sum())
    assert draw.select("month_end", "amount").sort("month_end").rows() == monthly.sort("month_end").rows()
    credits = books.filter(pl.col("line") == "customer_credits")  # a use of money, and where it came from
    assert credits.select("month_end", "amount").rows() == draw.select("month_end", "amount").rows()
    assert monthly["month_end"].min() == dt.date(2021, 2, 28)


def test_unbilled_service_swells_while_no_bills_go_out(independence):
    books = _with_months(independence)
    unbilled = books.filter((pl.col("line") == "unbilled") & (pl.col("fund") == "electric"))
    by_month = dict(unbilled.select("month_end", "amount").iter_rows())
    usual = by_month[dt.date(2020, 10, 31)]
    assert by_month[dt.date(2020, 12, 31)] > Decimal("1.5") * usual


def test_the_capital_plan_looks_ten_years_ahead_and_names_each_source_once(city):
    plan = rows_of(city, "capital_plan")
    assert plan.select("project_id", "fiscal_year").is_unique().all()
    start = _with_months(city)["fiscal_year"].min()
    first = pl.read_parquet(min(city.glob("*/capital_plan.parquet")))
    assert first["fiscal_year"].min() == start and first["fiscal_year"].max() == start + 9
    assert plan["fiscal_year"].max() > start + 9
    books = rows_of(city, "ledger_balances").filter(
        (pl.col("line") == "rate_funded_capital") & (pl.col("scenario") == "budget")
    )
    for row in books.iter_rows(named=True):
        funded = plan.filter(
            (pl.col("fund") == row["fund"])
            & (pl.col("fiscal_year") == row["fiscal_year"])
            & (pl.col("funding") == "rates")
        )
        assert funded["amount"].sum() == row["amount"]


def test_debt_that_is_sold_later_is_delivered_then(tmp_path):
    simulator.run("warrensburg", tmp_path, accounts=50, first_month="2023-09", months=4, delivery="month")
    sold = {
        path.parent.name: set(pl.read_parquet(path)["issue_id"])
        for path in tmp_path.glob("*/debt_service.parquet")
    }
    assert sold == {"2023-09": {"SRF-2009"}, "2023-11": {"SRF-2023"}}
    cash = rows_of(tmp_path, "cash_balances").sort("as_of")["restricted"].to_list()[-4:]
    assert cash[0] == cash[1] < cash[2] == cash[3]


@pytest.mark.parametrize("name", ["independence", "warrensburg"])
def test_expenses_are_scaled_by_accounts(name, tmp_path):
    sums = []
    for accounts in (120, 240):
        out = tmp_path / str(accounts)
        simulator.run(name, out, accounts=accounts, first_month="2021-06", months=2)
        books = rows_of(out, "ledger_balances").filter(
            (pl.col("scenario") == "actual") & (pl.col("period") > 0)
        )
        sums.append(float(_sum(books, "personnel", "purchased", "contractual")))
    assert sums[1] == pytest.approx(2 * sums[0], rel=1e-4)
