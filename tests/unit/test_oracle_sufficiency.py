"""The judge of sufficiency judged: cases with known answers, and paths that a pencil finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.forecast import Forecast, level_payment
from tests.oracle.rate_path import Forbidden, Search, forbidding, least_capped, least_level
from tests.oracle.sufficiency import Answer, Judge, price_of
from tests.support.finance_cases import (
    PARIS,
    PARIS_TESTS,
    PRINTED_COVERAGE,
    SAN_LEANDRO_LINES,
    SMALL,
    YEAR,
    paris,
    san_leandro,
    san_leandro_table,
    small_town,
    small_towns,
)
from tests.support.finance_town import CASH, COVERAGE, FinanceTown

HUNDREDTH = Decimal("0.01")
# Quantity of `sufficiency_small.csv` to the answer's field.
FIELDS = {
    "cash_required_usd": "cash_required",
    "deficiency_usd": "deficiency",
    "adjustment_full_year_pct": "full_year",
    "adjustment_with_1_5_pct_uncollectible_pct": "full_year",
    "adjustment_before_draw_pct": "full_year",
    "adjustment_with_elasticity_pct": "with_elasticity",
    "adjustment_effective_9_months_pct": "in_year",
    "adjustment_after_draw_pct": "after_draw",
}


def judge_of(town: FinanceTown, has_path: bool = False) -> Judge:
    return Judge(Forecast(town.known(), has_path), town.known_tests())


def _answered(judge: Judge, quantity: str, answer: Answer) -> Decimal:
    if quantity == "dsc_at_existing_rates":
        return judge.result("coverage", YEAR).value
    if quantity == "coverage_required_usd":
        return judge.result("coverage", YEAR).required_rate_revenue
    return getattr(answer, FIELDS[quantity])


@pytest.mark.parametrize("case", SMALL, ids=lambda case: f"{case['case']}-{case['quantity']}")
def test_one_requirement_in_every_variant(case):
    judge = judge_of(small_towns()[small_town(case)])
    found = _answered(judge, case["quantity"], judge.answer(YEAR))
    assert found.quantize(HUNDREDTH, "ROUND_HALF_UP") == Decimal(case["expected"])


# Interest that is computed keeps its cents, which the table drops year by year.
@pytest.mark.parametrize(("has_interest", "within"), [(True, 1), (False, 2)])
def test_the_table_of_san_leandro_rolls_forward(has_interest, within):
    forecast, table = Forecast(san_leandro(has_interest=has_interest).known()), san_leandro_table()
    for year in range(2018, 2025):
        found = forecast.years[year]
        lines = {one.line: one.usd for one in found.amounts}
        lines["service_charges"] = found.rate_revenue
        for name, (code, _, _) in SAN_LEANDRO_LINES.items():
            assert abs(lines[code] - table[name][year]) < Decimal("0.5"), (name, year)
        assert abs(found.beginning - table["Beginning balance"][year]) <= within
        assert abs(found.ending - table["Ending"][year]) <= within


@pytest.mark.parametrize(("test_id", "printed"), PRINTED_COVERAGE.items())
def test_both_coverages_of_san_leandro(test_id, printed):
    judge = judge_of(san_leandro())
    found = [judge.result(test_id, year).value for year in range(2018, 2025)]
    assert [str(value.quantize(HUNDREDTH, "ROUND_HALF_UP")) for value in found] == printed


@pytest.mark.parametrize("case", PARIS, ids=lambda case: case["denominator"])
def test_one_net_revenue_over_three_denominators(case):
    found = judge_of(paris()).result(PARIS_TESTS[case["denominator"]], YEAR)
    assert found.numerator == Decimal(case["net_revenue_usd"])
    assert found.denominator == Decimal(case["debt_service_usd"])
    assert found.value.quantize(HUNDREDTH, "ROUND_HALF_UP") == Decimal(case["expected_dsc"])


def test_a_level_payment_repays_its_issue():
    """1,000,000 at 4 % over 20 years: the annuity table says 73,581.75."""
    assert level_payment(Decimal(1000000), Decimal("0.04"), 20) == Decimal("73581.75")
    assert level_payment(Decimal(1000000), Decimal(0), 20) == Decimal("50000.00")


def test_use_that_answers_the_price_more_than_it_brings_has_no_adjustment():
    """(1 + p)(1 - 0.9 p) is 1.0028 at most, so that 1 % more cannot be had."""
    assert price_of(Decimal("1.01"), Decimal("-0.9")) is None
    assert price_of(Decimal("1.002"), Decimal("-0.9")) > 0


# The least path


def _short_town() -> FinanceTown:
    """Costs grow by 3 % of a million a year; revenue stands still."""
    town = FinanceTown()
    town.book(town.line("rates", "rate_revenue", True), "budget", {2026: "1000000"})
    town.book(town.line("operations", "operating_expense"), "budget", {2026: "1000000"})
    town.book("operations", "projection", {2027: "1030000", 2028: "1060900", 2029: "1060900"})
    town.line("debt", "debt_service")
    town.cash(2025, "100000")
    town.test(CASH)
    return town


def _search(cap: str, first: int = 2027, last: int = 2028) -> Search:
    years = tuple(range(first, last + 1))
    return Search(years, dict.fromkeys(years, Decimal(cap)), Decimal("0.5"))


def test_the_least_path_follows_the_cost():
    """3 % each year; level is 3 % too."""
    town = _short_town()
    fund, tests = town.known(), town.known_tests()
    assert least_capped(fund, tests, _search("5")) == {2027: Decimal(3), 2028: Decimal(3)}
    assert least_level(fund, tests, _search("5")) == Decimal(3)


def test_a_cap_makes_the_earlier_year_pay_for_the_later():
    """In 2028 costs are 6.09 % over 2026: with 3 % twice. Where only 2028 is judged and 5 % is the cap, the
    first year need only bring what the second cannot: 1.5 %, for 1.5 % and 5 % are 6.575 %."""
    town = _short_town()
    fund, tests = town.known(), town.known_tests()
    search = replace(_search("5"), judged=(2028,))
    assert least_capped(fund, tests, search) == {2027: Decimal("1.5"), 2028: Decimal(5)}


def test_no_path_names_what_forbids_it():
    town = _short_town()
    fund, tests = town.known(), town.known_tests()
    assert least_capped(fund, tests, _search("2.5")) is None
    assert least_level(fund, tests, _search("2.5")) is None
    assert forbidding(fund, tests, _search("2.5")) == Forbidden("cash", 2027)


def test_days_of_cash_are_saved_for_early():
    """60 days of 1,060,900 are 174,394.52: (1 + p)(2 + q) must be 2.16529452. With 8 % in 2028, 2027 needs
    4.10 %, which is 4.5; and then 7.21 % are left for 2028."""
    town = _short_town()
    town.tests.clear()
    days = {"test_id": "days", "measure": "days", "numerator": ["ending_balance"], "at_least": "60"}
    town.test({**days, "denominator": ["operating_expense"]})
    fund, tests = town.known(), town.known_tests()
    search = replace(_search("8"), judged=(2028,))
    assert least_capped(fund, tests, search) == {2027: Decimal("4.5"), 2028: Decimal("7.5")}
    assert least_level(fund, tests, search) == Decimal("5.5")


def test_coverage_of_no_debt_is_not_asked_and_of_debt_that_nobody_tells_unknown():
    town = _short_town()
    town.test({**COVERAGE, "at_least": "1.10"})
    assert judge_of(town).result("coverage", 2026).result == "not_applicable"
    del town.chart["debt"]
    assert judge_of(town).result("coverage", 2026).result == "unknown"


def test_the_greatest_year_of_two_liens_is_that_of_their_sum():
    """100 and 50, then 20 and 110: 150, and never 100 and 110 together. Their mean is 140."""
    town = _short_town()
    for issue, lien, amounts in (("a", "senior", ("100", "20")), ("b", "go", ("50", "110"))):
        for number, usd in enumerate(amounts):
            town.pay_debt(issue, lien, date(2026 + number, 1, 1), usd)
    both = {**COVERAGE, "denominator": ["debt_service.senior", "debt_service.go"], "at_least": "1"}
    town.test({**both, "test_id": "most", "debt_service": "maximum"})
    town.test({**both, "test_id": "mean", "debt_service": "average"})
    judge = judge_of(town)
    assert [judge.result(test, 2026).denominator for test in ("most", "mean")] == [150, 140]
