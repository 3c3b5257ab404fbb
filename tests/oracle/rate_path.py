"""The least rate path by trying them all: the judge of the search that production makes.

Small cases only: with m years to decide and s steps under the cap there are (s + 1) to the m paths. Paths are
tried in order, earliest year first and least first, so that the first that passes is the least. A level path
ends at the least cap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from tests.oracle.forecast import Forecast
from tests.oracle.fund import Fund
from tests.oracle.sufficiency import Judge, SufficiencyTest

ADJUSTMENT = "rate_adjustment_percent"


@dataclass(frozen=True)
class Search:
    """Which paths are allowed.

    Attributes:
        years: the fiscal years whose adjustment is to be decided, the first possible one first.
        cap: the greatest percent of a year, by year.
        step: percents are multiples of it.
        judged: the years in which every required test must pass; by default those to decide.
    """

    years: tuple[int, ...]
    cap: dict[int, Decimal]
    step: Decimal
    judged: tuple[int, ...] = ()

    def steps(self, year: int) -> list[Decimal]:
        return [self.step * number for number in range(int(self.cap[year] / self.step) + 1)]


@dataclass(frozen=True)
class Forbidden:
    """The first year, and its first test, that fail with the cap in every year."""

    test_id: str
    fiscal_year: int


def along(fund: Fund, path: dict[int, Decimal]) -> Fund:
    """The fund with these adjustments, and none in any other year."""
    adjustments = {year: path.get(year, Decimal(0)) for year in fund.years}
    return replace(fund, assumptions={**fund.assumptions, ADJUSTMENT: adjustments})


def failures(
    fund: Fund, tests: Iterable[SufficiencyTest], path: dict[int, Decimal], years: Iterable[int]
) -> Iterator[Forbidden]:
    """What fails along a path, year by year in the order of the tests."""
    required = [test for test in tests if test.is_required]
    judge = Judge(Forecast(along(fund, path), has_path=True), required)
    for year in years:
        for test in required:
            if judge.result(test.test_id, year).result == "fail":
                yield Forbidden(test.test_id, year)


def passes(fund: Fund, tests: Iterable[SufficiencyTest], path: dict[int, Decimal], search: Search) -> bool:
    return next(failures(fund, tests, path, search.judged or search.years), None) is None


def least_capped(fund: Fund, tests: list[SufficiencyTest], search: Search) -> dict[int, Decimal] | None:
    """The least path, the earliest year's percent first; None where there is none under the cap."""
    for percents in product(*(search.steps(year) for year in search.years)):
        path = dict(zip(search.years, percents, strict=True))
        if passes(fund, tests, path, search):
            return path
    return None


def least_level(fund: Fund, tests: list[SufficiencyTest], search: Search) -> Decimal | None:
    """The least percent that passes in every year alike; None where there is none under the cap."""
    for percent in search.steps(min(search.years, key=lambda year: search.cap[year])):
        if passes(fund, tests, dict.fromkeys(search.years, percent), search):
            return percent
    return None


def forbidding(fund: Fund, tests: list[SufficiencyTest], search: Search) -> Forbidden | None:
    """What forbids every path: it fails even with the cap in every year."""
    return next(failures(fund, tests, search.cap, search.judged or search.years), None)
