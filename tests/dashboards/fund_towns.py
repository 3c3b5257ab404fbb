"""Funds whose rates are known by hand: cases of sufficiency, two twins, and one of which little is known."""

from __future__ import annotations

from collections import defaultdict

from tests.support.finance_cases import YEAR, san_leandro, small_towns
from tests.support.finance_town import CASH, COVERAGE, FinanceTown

from .town import Rows

GROWN = {"growth_percent": "2.5", "uncollectible_percent": "1.5", "inflation_percent.other": "4"}
DAYS_CASH = {
    "test_id": "days_cash", "title": "Days of cash", "measure": "days", "numerator": ["ending_balance"],
    "denominator": ["operating_expense"], "at_least": "90", "sets_rates": False,
}  # fmt: skip


def ahead(utility_id: str, **assumed: str) -> FinanceTown:
    """A fund with books, debt, capital, cash and assumptions."""
    town = FinanceTown(utility_id, YEAR)
    for line, category, amount in (
        ("rates", "rate_revenue", "3500000"),
        ("penalties", "other_operating_revenue", "200000"),
        ("operations", "operating_expense", "2400000"),
        ("pilot", "transfer", "150000"),
    ):
        town.book(town.line(line, category, is_pledged=category != "transfer"), "actual", {YEAR - 1: amount})
    for number in range(12):
        town.pay_debt("series_a", "senior", town.year_end(YEAR - 1 + number), "700000", "200000")
        town.project("mains", YEAR + number, "300000", "rates")
    town.cash(YEAR - 1, "2000000")
    town.assume("target_coverage", "1.25")
    town.assume("interest_percent", "1")
    town.assume("elasticity", "-0.2", volumetric_share_percent="70")
    for name in GROWN:
        town.assume(name, assumed.get(name, "0"))
    town.test(CASH, COVERAGE, DAYS_CASH)
    return town


def bare() -> FinanceTown:
    """Revenue and operations alone: no debt, no cash balance, no assumption, no test of its own."""
    town = FinanceTown("bare", YEAR)
    town.book(town.line("rates", "rate_revenue"), "budget", {YEAR: "1000000"})
    town.book(town.line("operations", "operating_expense"), "budget", {YEAR: "900000"})
    return town


def fund_towns() -> Rows:
    """Raw rows of all of them, each a utility of its own."""
    rows: Rows = defaultdict(list)
    small = small_towns()
    cases = [small[name] for name in ("base", "reserve_draw_300000", "coverage_governs", "nine_months")]
    grown = ahead("grown", **GROWN)
    for town in (*cases, san_leandro(), ahead("steady"), grown, bare()):
        for table, of_town in town.raw_rows().items():
            rows[table] += of_town
    return rows
