"""The least rate paths against all paths tried: small funds, two or three years, hundredths of a percent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from ratehouse.rate_paths import CAPPED, LEVEL, RatePath, least_paths
from tests.oracle.fund import Fund
from tests.oracle.rate_path import Search, failures, forbidding, least_capped, least_level
from tests.support.finance_town import CASH, FinanceTown
from tests.support.finance_warehouse import finance_warehouse

STEP = Decimal("0.01")
OPEN = 2026
YEARS = range(OPEN, OPEN + 11)
FUNCTIONS = ("finance_drivers_of", "finance_costs_of", "finance_existing_rates_of", "finance_path_lines_of")
MODELS = (*FUNCTIONS, "sufficiency_of", "int_finance__assumptions", "int_finance__settings")
DAYS = {"test_id": "days", "measure": "days", "numerator": ["ending_balance"]}
DAYS |= {"denominator": ["operating_expense"], "sets_rates": False}
# The books are delivered on 30 June 2025 and the starter asks for 30 days' notice: from 1 August, month 2.
FIRST_MONTH = 2


def _town(random: Random, utility_id: str, decided: int) -> FinanceTown:
    """Costs rise by a few hundredths of a percent a year; rates may, in the decided years."""
    town = FinanceTown(utility_id, OPEN)
    town.line("rates", "rate_revenue", is_pledged=True)
    town.line("operations", "operating_expense")
    town.line("debt", "debt_service")
    town.line("interest_income", "non_operating_revenue")
    town.book("rates", "budget", {OPEN: "1000000.00"})
    cost, rise, costs = Decimal(999_700), 0, {}
    for year in YEARS:
        rise += random.randint(0, 1_000) if 0 < year - OPEN <= decided else 0
        costs[year] = cost + rise - (100 if year - OPEN > decided else 0)
    town.book("operations", "budget", {OPEN: costs[OPEN]})
    town.book("operations", "projection", {year: usd for year, usd in costs.items() if year > OPEN})
    cash = Decimal(random.randint(150_000, 170_000))
    town.cash(OPEN - 1, cash)
    top = 9 if decided == 3 else 25
    caps = {year: random.randint(4, top) * STEP if 0 < year - OPEN <= decided else 0 for year in YEARS}
    town.assume("rate_cap_percent", caps)
    _answers(random, town)
    town.test(CASH)
    if random.randrange(2):
        days = cash / cost * 365 - Decimal(random.randint(0, 20)) / 100
        town.test({**DAYS, "at_least": f"{days:.2f}"})
    return town


def _answers(random: Random, town: FinanceTown) -> None:
    """How use, money not paid, interest and the part of a year answer an adjustment."""
    town.assume("rate_effective_month", random.choice((1, 1, 2, 7)))
    if random.randrange(2):
        town.assume("elasticity", "-0.30", volumetric_share_percent=70)
    if random.randrange(2):
        town.assume("interest_percent", "0.1")
    if random.randrange(2):
        town.assume("uncollectible_percent", "0.02")


def _level_town(random: Random, utility_id: str) -> FinanceTown:
    """The same with one cap for every year."""
    town = _town(random, utility_id, decided=3)
    town.assume("rate_cap_percent", dict.fromkeys(YEARS, random.randint(2, 12) * STEP))
    return town


def _with_notice(town: FinanceTown) -> Fund:
    """The judge's fund: in the first year no adjustment holds before the notice is over."""
    month = town.assumptions.get("rate_effective_month", {OPEN: Decimal(1)})[OPEN]
    months = {OPEN: max(month, Decimal(FIRST_MONTH)), OPEN + 1: month}
    fund = town.known()
    return replace(fund, assumptions={**fund.assumptions, "rate_effective_month": months})


def _found(towns: list[FinanceTown], path: str) -> dict[str, RatePath]:
    warehouse = finance_warehouse(towns, *MODELS)
    found = least_paths(warehouse, "intermediate.int_finance__assumptions", (path,))
    return {one.fund.utility_id: one for one in found}


def _search(town: FinanceTown, years: tuple[int, ...]) -> Search:
    caps = town.assumptions["rate_cap_percent"]
    return Search(years, {year: caps[year] for year in years}, STEP, judged=tuple(YEARS))


RANDOM = Random(11)
CAPPED_TOWNS = [_town(RANDOM, f"capped_{number}", decided=2 + number % 2) for number in range(10)]
LEVEL_TOWNS = [_level_town(RANDOM, f"level_{number}") for number in range(10)]


@pytest.fixture(scope="module")
def capped() -> dict[str, RatePath]:
    return _found(CAPPED_TOWNS, CAPPED)


@pytest.fixture(scope="module")
def level() -> dict[str, RatePath]:
    return _found(LEVEL_TOWNS, LEVEL)


@pytest.mark.parametrize("town", CAPPED_TOWNS, ids=lambda town: town.utility_id)
def test_the_path_under_caps_is_the_least_of_all(capped, town):
    """Of all paths under the caps the first that passes, earliest year first; or what forbids them."""
    found, fund, tests = capped[town.utility_id], _with_notice(town), town.known_tests()
    years = tuple(year for year, cap in town.assumptions["rate_cap_percent"].items() if cap)
    search = _search(town, years)
    least = least_capped(fund, tests, search)
    assert {year: percent for year, percent in found.percents.items() if year in years} == (least or {})
    assert not any(percent for year, percent in found.percents.items() if year not in years)
    _check_forbidding(found, fund, town, search, least is not None)


@pytest.mark.parametrize("town", LEVEL_TOWNS, ids=lambda town: town.utility_id)
def test_the_level_path_is_the_least_percent(level, town):
    found, fund, tests = level[town.utility_id], _with_notice(town), town.known_tests()
    search = _search(town, tuple(YEARS))
    least = least_level(fund, tests, search)
    assert set(found.percents.values()) == (set() if least is None else {least})
    _check_forbidding(found, fund, town, search, least is not None)


def _check_forbidding(found: RatePath, fund: Fund, town: FinanceTown, search: Search, exists: bool) -> None:
    """There is a path or a reason: a test of the first year that fails even at the caps."""
    assert found.is_found == exists
    if not exists:
        first = forbidding(fund, town.known_tests(), search)
        at_cap = dict(search.cap)
        failing = failures(fund, town.known_tests(), at_cap, [first.fiscal_year])
        assert found.forbidding in {(one.test_id, one.fiscal_year) for one in failing}


def test_both_answers_occur(capped, level):
    """The towns are neither all possible nor all impossible, and some need an adjustment."""
    for found in (capped, level):
        assert {one.is_found for one in found.values()} == {True, False}
        assert any(any(one.percents.values()) for one in found.values())


def test_no_adjustment_comes_before_the_notice_is_over(capped):
    for one in capped.values():
        assert str(one.first_possible_on) == "2025-08-01"
        assert one.slots[0].effective_month >= FIRST_MONTH


def _easy_town(utility_id: str, *tests: dict[str, object]) -> FinanceTown:
    """Without any adjustment it keeps 50 days of cash; for cash it needs a little."""
    town = _town(Random(1), utility_id, decided=2)
    town.assumptions.clear()
    town.tests.clear()
    town.assume("rate_cap_percent", 20)
    town.test(*tests)
    return town


def test_a_year_that_is_too_near_to_move_in_keeps_its_revenue():
    """On 10 June 2026 it is too late to move rates in fiscal year 2026; they bring what they bring."""
    town = _easy_town("late", {**DAYS, "at_least": "50"})
    town.delivered_on = date(2026, 6, 10)
    assert list(failures(town.known(), town.known_tests(), {}, YEARS)) == []
    found = _found([town], LEVEL)["late"]
    assert (str(found.first_possible_on), found.slots[0].fiscal_year) == ("2026-08-01", 2027)
    assert found.is_found
    assert set(found.percents.values()) == {0}


def test_a_ceiling_on_reserves_does_not_forbid_the_path_that_keeps_below_it():
    """20 % a year breaks the ceiling of 90 days; the little that cash asks for does not."""
    town = _easy_town("ceiling", CASH, {**DAYS, "test_id": "ceiling", "at_most": "90"})
    fund, tests = town.known(), town.known_tests()
    found = _found([town], LEVEL)["ceiling"]
    years = tuple(YEARS)
    search = Search(years, dict.fromkeys(years, Decimal("0.3")), STEP)
    assert set(found.percents.values()) == {least_level(_with_notice(town), tests, search)}
    assert list(failures(fund, tests, dict.fromkeys(YEARS, Decimal(20)), YEARS)) != []


def test_a_ceiling_that_even_the_least_path_breaks_forbids_it():
    town = _easy_town("low", CASH, {**DAYS, "test_id": "ceiling", "at_most": "20"})
    found = _found([town], LEVEL)["low"]
    assert not found.is_found
    assert found.forbidding == ("ceiling", 2026)


@pytest.mark.parametrize(("cap", "path"), [("10", ["0.00", "6.00", "8.50"]), ("5", ["1.83", "5.00", "4.99"])])
def test_the_example_of_the_decision(cap, path):
    """docs/decisions/0007: costs of 1,000, 1,060 and 1,150 against 1,000 a year, and nothing saved."""
    costs = {OPEN: 1000, OPEN + 1: 1000, OPEN + 2: 1060, OPEN + 3: 1150}
    town = FinanceTown("example", OPEN)
    town.line("rates", "rate_revenue", is_pledged=True)
    town.line("operations", "operating_expense")
    town.book("rates", "budget", {OPEN: "1000.00"})
    town.book("operations", "budget", {OPEN: "1000.00"})
    town.book("operations", "projection", {year: costs.get(year, 900) for year in YEARS if year > OPEN})
    town.cash(OPEN - 1, "0.00")
    town.assume("rate_cap_percent", {year: 0 if year == OPEN else cap for year in YEARS})
    town.test({"test_id": "cash", "measure": "difference", "numerator": ["ending_balance"],
               "denominator": [], "at_least": "0"})  # fmt: skip
    found = _found([town], CAPPED)["example"]
    assert [f"{found.percents[OPEN + year]:.2f}" for year in (1, 2, 3)] == path
