"""Are a fund's rates enough? The judge of tests, requirement and adjustment, on the lines of `forecast`.

Every test compares a numerator with a multiple of a denominator, and each is a sum of lines. Both are
straight lines in the year's rate revenue x, so that a test also says which x passes it:
N0 + N1 x = c (D0 + D1 x).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property

from tests.oracle.forecast import Forecast, Year
from tests.oracle.fund import (
    CAPITAL,
    CONTRIBUTION,
    DEBT,
    DEPRECIATION,
    DIGITS,
    DRAW,
    HUNDRED,
    INTEREST,
    ONE,
    OPERATING,
    OTHER,
    RATE,
    TRANSFER,
    ZERO,
    Amount,
    cents,
)

DAYS = Decimal(365)
# Without these nobody can tell; nothing in another category is nothing.
INDISPENSABLE = (RATE, OPERATING, DEPRECIATION)
NEEDS = (OPERATING, DEBT, CAPITAL["rates"], TRANSFER, CONTRIBUTION)
BEGINNING, ENDING = "beginning_balance", "ending_balance"


@dataclass(frozen=True)
class Term:
    """A part of a side: a category, or a line, with a sign, and what it is narrowed to."""

    what: str
    sign: int = 1
    is_line: bool = False
    qualifier: str | None = None  # pledged, or a lien

    def takes(self, one: Amount) -> bool:
        if self.is_line:
            return one.line == self.what
        if one.category != self.what:
            return False
        if self.qualifier == "pledged":
            return one.is_pledged
        return self.qualifier is None or one.lien == self.qualifier


@dataclass(frozen=True)
class SufficiencyTest:
    """A test as the policy writes it. `target` is a number, or the name of an assumption."""

    test_id: str
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...] = ()
    measure: str = "ratio"
    target: Decimal | str = Decimal(0)
    comparison: str = "at_least"
    debt_service: str = "annual"
    band_percent: Decimal | None = None
    is_required: bool = True
    sets_rates: bool = True


@dataclass(frozen=True)
class Line:
    """A straight line in rate revenue: what does not follow it, and what a dollar of it adds."""

    fixed: Decimal
    slope: Decimal

    def at(self, rate: Decimal) -> Decimal:
        return self.fixed + self.slope * rate


@dataclass(frozen=True)
class Result:
    """What a test says of a year; None is unknown."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    target: Decimal | None
    result: str
    required_rate_revenue: Decimal | None


@dataclass(frozen=True)
class Answer:
    """How much a year's rates must bring, and the adjustments that bring it, in percent, unrounded."""

    need: Decimal
    cash_required: Decimal
    required: Decimal
    required_after_draw: Decimal
    governing: str | None
    deficiency: Decimal
    deficiency_after_draw: Decimal
    full_year: Decimal | None
    with_elasticity: Decimal | None
    in_year: Decimal | None
    after_draw: Decimal | None


class Judge:
    """The tests of one fund over one forecast."""

    def __init__(self, forecast: Forecast, tests: Iterable[SufficiencyTest]) -> None:
        self.forecast = forecast
        self.fund = forecast.fund
        self.tests = {test.test_id: test for test in tests}

    # Tests

    def result(self, test_id: str, fiscal_year: int) -> Result:
        test, year = self.tests[test_id], self.forecast.years[fiscal_year]
        with localcontext(prec=DIGITS):
            return self._result(test, year)

    def _result(self, test: SufficiencyTest, year: Year) -> Result:
        target = self._target(test, year.fiscal_year)
        top, bottom = self._exact(test, test.numerator, year), self._exact(test, test.denominator, year)
        if top is None or bottom is None:
            return Result(top, bottom, None, target, "unknown", None)
        value = top - bottom if test.measure == "difference" else None
        if value is None and bottom > 0:
            value = top / bottom * (DAYS if test.measure == "days" else ONE)
        if target is None:
            return Result(top, bottom, value, None, "unknown", None)
        if value is None:
            return Result(top, bottom, None, target, "not_applicable", None)
        required = self._required(test, year, target)
        return Result(top, bottom, value, target, self._verdict(test, value, target), required)

    def _target(self, test: SufficiencyTest, year: int) -> Decimal | None:
        return self.fund.assumed(test.target, year) if isinstance(test.target, str) else test.target

    def _verdict(self, test: SufficiencyTest, value: Decimal, target: Decimal) -> str:
        """Below the band fails, or above it where the test is an upper bound."""
        bound = self._bound(test, target)
        passes = value <= bound if test.comparison == "at_most" else value >= bound
        return "pass" if passes else "fail"

    def _bound(self, test: SufficiencyTest, target: Decimal) -> Decimal:
        """The edge of the band at which the test is just passed."""
        off = (test.band_percent or Decimal(0)) / HUNDRED * target
        return target + off if test.comparison == "at_most" else target - off

    def _exact(self, test: SufficiencyTest, terms: Iterable[Term], year: Year) -> Decimal | None:
        """A side at the revenue that the year has: the sum of its rounded lines."""
        total = ZERO
        for term in terms:
            if term.what in (BEGINNING, ENDING):
                balance = year.beginning if term.what == BEGINNING else year.ending
                if balance is None:
                    return None
                total += term.sign * balance
            elif term.is_line or term.what != DEBT:
                taken = [one.usd for one in year.amounts if term.takes(one)]
                if not taken and (term.is_line or term.what in INDISPENSABLE):
                    return None
                total += term.sign * sum(taken, ZERO)
        if not self._knows_debt and any(term.what == DEBT for term in terms):
            return None
        return total + self._debt(test, terms, year.fiscal_year)

    @property
    def _knows_debt(self) -> bool:
        """Whether anything says what debt costs: a schedule, or a line for it."""
        return bool(self.fund.debt or self.fund.lines_of(DEBT))

    def _debt(self, test: SufficiencyTest, terms: Iterable[Term], year: int) -> Decimal:
        """Debt payments of the year, or the greatest or the mean of the years from it on.

        These two are of debt that is outstanding: an issue that first pays after next year is not there yet.
        """
        wanted = [term for term in terms if term.what == DEBT and not term.is_line]
        if not wanted:
            return ZERO
        paid: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for one, of in self._issues:
            if (
                of == year
                or test.debt_service != "annual"
                and of > year
                and self._first[one.line] <= year + 1
            ):
                paid[of] += sum((term.sign * one.usd for term in wanted if term.takes(one)), ZERO)
        yearly = [usd for usd in paid.values() if usd] or [ZERO]
        return max(yearly) if test.debt_service != "average" else cents(sum(yearly, ZERO) / len(yearly))

    @cached_property
    def _issues(self) -> list[tuple[Amount, int]]:
        """Every payment to the last, with its fiscal year."""
        owed = [*self.fund.debt, *self.forecast.new_debt]
        last = max([one.fiscal_year for one in owed], default=0)
        years = range(min(self.forecast.years), max(last, *self.forecast.years) + 1)
        return [
            (Amount(f"{one.lien} {one.issue_id}", DEBT, one.usd, lien=one.lien), year)
            for year in years
            for one in self.forecast.payments(year)
        ]

    @cached_property
    def _first(self) -> dict[str, int]:
        """Issue to the year of its first payment."""
        return {one.line: year for one, year in reversed(self._issues)}

    # Turned round: which rate revenue passes

    def _straight(self, test: SufficiencyTest, terms: Iterable[Term], year: Year) -> Line:
        fixed, slope = self._debt(test, terms, year.fiscal_year), Decimal(0)
        for term in terms:
            if term.what == BEGINNING:
                fixed += term.sign * year.beginning
            elif term.what == ENDING:
                keeps = ONE - self.fund.uncollectible(year.fiscal_year)
                keeps -= self.fund.pilot_share(year.fiscal_year)
                fixed += term.sign * cents(year.ending - keeps * year.rate_revenue)
                slope += term.sign * keeps
            elif term.is_line or term.what != DEBT:
                for one in year.amounts:
                    if term.takes(one):
                        slope += term.sign * one.per_rate
                        fixed += term.sign * (ZERO if one.per_rate else one.usd)
        return Line(fixed, slope)

    def _required(self, test: SufficiencyTest, year: Year, target: Decimal | None) -> Decimal | None:
        """The rate revenue at which the test is just met; None where rate revenue does not move it."""
        exact = self._crossing(test, year, target)
        return None if exact is None else cents(exact)

    def _crossing(self, test: SufficiencyTest, year: Year, target: Decimal | None) -> Decimal | None:
        if target is None:
            return None
        target = self._bound(test, target)
        top, bottom = self._straight(test, test.numerator, year), self._straight(test, test.denominator, year)
        if test.measure == "difference":
            above, slope = target + bottom.fixed - top.fixed, top.slope - bottom.slope
        else:
            times = target / DAYS if test.measure == "days" else target
            above, slope = times * bottom.fixed - top.fixed, top.slope - times * bottom.slope
        rises = slope < 0 if test.comparison == "at_most" else slope > 0
        return above / slope if rises else None

    # Requirement and adjustment

    def answer(self, fiscal_year: int) -> Answer:
        """How much, and which adjustment; before the planned draw and after it."""
        with localcontext(prec=DIGITS):
            return self._answer(self.forecast.years[fiscal_year])

    def _answer(self, year: Year) -> Answer:
        fund, of = self.fund, year.fiscal_year
        never, pilot = fund.uncollectible(of), fund.pilot_share(of)
        moving = sum((one.usd for one in year.amounts if one.category in NEEDS and one.per_rate), ZERO)
        need = year.total(*NEEDS) - moving - year.total(OTHER, INTEREST)
        keeps = ONE - pilot - never
        cash = need / keeps
        asked = {"cash": cash, **self._asked(year)}
        governing = max(asked, key=lambda name: (asked[name], name == "cash"))
        required = cents(asked[governing])
        draw = year.total(DRAW)
        after = cents(
            max([(need - draw) / keeps, *(asked[name] for name in asked if self._is_coverage(name))])
        )
        existing = year.rate_revenue
        return Answer(
            need=need,
            cash_required=cents(cents(cash) * (ONE - never)),
            required=required,
            required_after_draw=after,
            governing=governing,
            deficiency=required - existing,
            deficiency_after_draw=after - existing,
            full_year=(required / existing - 1) * HUNDRED if existing > 0 else None,
            with_elasticity=self._adjustment(year, required, ONE),
            in_year=self._adjustment(year, required, self.forecast.weight(of)),
            after_draw=(after / existing - 1) * HUNDRED if existing > 0 else None,
        )

    def _asked(self, year: Year) -> dict[str, Decimal]:
        """What the tests that set rates ask for, other than that cash suffices."""
        asked = {}
        for test in self.tests.values():
            required = self._result(test, year).required_rate_revenue
            if test.sets_rates and test.test_id != "cash" and required is not None:
                asked[test.test_id] = required
        return asked

    def _is_coverage(self, test_id: str) -> bool:
        """A test that a draw on reserves does not relieve: net revenue over debt payments."""
        test = self.tests.get(test_id)
        return (
            test is not None
            and test.measure == "ratio"
            and any(term.what == DEBT for term in test.denominator)
        )

    def _adjustment(self, year: Year, required: Decimal, weight: Decimal) -> Decimal | None:
        """The percent that brings the revenue, where part of the year has it and use answers the price."""
        existing = year.rate_revenue
        if existing <= 0 or weight == 0:
            return None
        factor = ONE + (required / existing - ONE) / weight
        of = year.fiscal_year
        return price_of(factor, self.fund.value("elasticity", of) * self.fund.volumetric_share(of))


def price_of(factor: Decimal, answering: Decimal) -> Decimal | None:
    """The percent p with (1 + p)(1 + k p) = factor, the one that goes to 0 with it; None where there is none.

    Args:
        factor: revenue after over revenue before.
        answering: k, the elasticity of use (negative) on its share of revenue.
    """
    if answering == 0:
        return (factor - ONE) * HUNDRED
    inside = (ONE + answering) ** 2 - 4 * answering * (ONE - factor)
    if inside < 0:
        return None
    return (-(ONE + answering) + inside.sqrt()) / (2 * answering) * HUNDRED
