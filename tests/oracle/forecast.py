"""A fund's lines year by year, as an accountant with a pencil writes them: the judge of the cash flow.

He takes the ledger where it speaks, the debt schedule, the capital plan and the cash balances, and carries
the rest forward by the assumptions (`fund`). Every line is rounded to the cent once; totals are sums of
rounded lines.

What a line would change if a year's rate revenue were a dollar more is kept beside it (`per_rate`), so that
`sufficiency` can turn every test round and ask which rate revenue passes it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from functools import cached_property

from tests.oracle.fund import (
    CAPITAL,
    CARRIED,
    CASH_SIGNS,
    CONTRIBUTION,
    DEBT,
    DEBT_TERM_YEARS,
    DIGITS,
    DRAW,
    HUNDRED,
    ONE,
    OTHER,
    RATE,
    RESTRICTED,
    UNCOLLECTIBLE,
    ZERO,
    Amount,
    Fund,
    Payment,
    Project,
    cents,
)


@dataclass(frozen=True)
class Year:
    """A fund's year: its lines, and the balances where cash is known."""

    fiscal_year: int
    kind: str
    amounts: tuple[Amount, ...]
    beginning: Decimal | None
    ending: Decimal | None

    @property
    def flow(self) -> Decimal:
        """What the lines move."""
        return sum((CASH_SIGNS.get(one.category, 0) * one.usd for one in self.amounts), ZERO)

    @property
    def timing(self) -> Decimal:
        """What moved cash beside the lines: only books know it."""
        if self.kind != "actual" or self.beginning is None or self.ending is None:
            return ZERO
        return self.ending - self.beginning - self.flow

    def total(self, *categories: str) -> Decimal:
        return sum((one.usd for one in self.amounts if one.category in categories), ZERO)

    @property
    def rate_revenue(self) -> Decimal:
        return self.total(RATE)


class Forecast:
    """All years of a fund: at existing rates, or along the scenario's rate adjustments.

    Args:
        fund: the fund.
        has_path: whether the rate adjustments of the scenario are in the revenue.
    """

    def __init__(self, fund: Fund, has_path: bool = False) -> None:
        self.fund = fund
        self.has_path = has_path
        self.years: dict[int, Year] = {}
        with localcontext(prec=DIGITS):
            for year in fund.years:
                self.years[year] = self._year(year)

    # One year

    def _year(self, year: int) -> Year:
        beginning = self._beginning(year)
        rate = self._rate_amounts(year)
        amounts = [*rate, *self._of_rate(year, rate), *self._carried(year), *self._interest(year, beginning)]
        amounts += [*self._debt(year), *self._capital(year), *self._reserves(year)]
        kind = self.fund.kind(year)
        ending = self.fund.cash.get(year) if kind == "actual" else None
        made = Year(year, kind, tuple(amounts), beginning, ending)
        if ending is None and beginning is not None:
            made = replace(made, ending=beginning + made.flow)
        return made

    def _beginning(self, year: int) -> Decimal | None:
        """What was counted at the end of the year before, else what that year's lines left."""
        counted = self.fund.cash.get(year - 1) if year <= self.fund.first_open_year else None
        before = self.years.get(year - 1)
        return before.ending if counted is None and before is not None else counted

    # Rate revenue and what follows from it

    def growth(self, year: int) -> Decimal:
        """Accounts, and use of each, over the year before."""
        fund = self.fund
        use = fund.share("usage_growth_percent", year) * fund.volumetric_share(year)
        return (ONE + fund.share("growth_percent", year)) * (ONE + use)

    def _rate_amounts(self, year: int) -> list[Amount]:
        """By line in the books, in one from then on; pledged where any line of it is."""
        fund = self.fund
        lines = fund.lines_of(RATE)
        is_pledged = any(fund.line(line).is_pledged for line in lines)
        if fund.kind(year) == "actual":
            booked = {
                line: fund.ledger[("actual", year, line)]
                for line in lines
                if fund.known(line, year) is not None
            }
            total = sum(booked.values(), ZERO)
            return [Amount(line, RATE, usd, is_pledged, per_rate=usd / total) for line, usd in booked.items()]
        existing = self.existing(year)
        if existing is None:
            return []
        usd = cents(existing * self.lift(year)) if self.has_path else existing
        return [Amount(RATE, RATE, usd, is_pledged, per_rate=ONE)]

    def existing(self, year: int) -> Decimal | None:
        """Rate revenue of an open year without any adjustment, as the city projects it.

        Else what the bills of a test year, or the last year known, come to by then. A drought or a mild
        winter moves its own year only.
        """
        fund = self.fund
        if self._known_rates(year, "projection") is not None:
            return self._known_rates(year, "projection")
        own = max(
            (of for of in range(min(fund.years), year) if self._known_rates(of, "projection")), default=None
        )
        if own is None and fund.existing is not None:
            of, base = fund.existing
        else:
            kinds = ("projection",) if own else ("budget", "actual")
            known = {of: self._known_rates(of, *kinds) for of in range(min(fund.years), year + 1)}
            of = max((of for of, usd in known.items() if usd is not None), default=None)
            if of is None:
                return None
            base = known[of]
        shock = fund.share("usage_shock_percent", year) * fund.volumetric_share(year)
        return cents(base * self._growth(of, year) * (ONE + shock))

    def _known_rates(self, year: int, *kinds: str) -> Decimal | None:
        """The ledger's rate revenue of a year, if it is a year of one of the kinds."""
        if self.fund.kind(year) not in kinds:
            return None
        given = [self.fund.known(line, year) for line in self.fund.lines_of(RATE)]
        given = [usd for usd in given if usd is not None]
        return sum(given, ZERO) if given else None

    def _growth(self, after: int, year: int) -> Decimal:
        factor = ONE
        for of in range(after + 1, year + 1):
            factor *= self.growth(of)
        return factor

    def step(self, year: int) -> Decimal:
        """What a year's adjustment makes of a full year's revenue: price, and the use that answers it."""
        fund = self.fund
        if fund.kind(year) == "actual":
            return ONE
        percent = fund.share("rate_adjustment_percent", year)
        return (ONE + percent) * (
            ONE + fund.value("elasticity", year) * fund.volumetric_share(year) * percent
        )

    def weight(self, year: int) -> Decimal:
        """The part of the year's billed revenue that has the year's new rates."""
        month = int(self.fund.value("rate_effective_month", year, ONE))
        if self.fund.weights is not None:
            return self.fund.weights[month]
        return Decimal(13 - month) / 12

    def lift(self, year: int) -> Decimal:
        """Revenue of the year along the path over revenue at existing rates."""
        factor = ONE
        for of in range(self.fund.first_open_year, year):
            factor *= self.step(of)
        return factor * (ONE + self.weight(year) * (self.step(year) - ONE))

    def _of_rate(self, year: int, rate: list[Amount]) -> list[Amount]:
        """What is a share of rate revenue: what is never paid, and a payment in lieu of taxes by percent."""
        fund, billed = self.fund, sum((one.usd for one in rate), ZERO)
        never, pilot = fund.uncollectible(year), fund.pilot_share(year)
        is_pledged = any(one.is_pledged for one in rate)
        made = [Amount(UNCOLLECTIBLE, UNCOLLECTIBLE, cents(billed * never), is_pledged, per_rate=never)]
        if pilot > 0:
            line = fund.line(fund.pilot_line)
            made.append(
                Amount(fund.pilot_line, line.category, cents(billed * pilot), line.is_pledged, per_rate=pilot)
            )
        return made

    # Lines that are carried forward

    def _carried(self, year: int) -> list[Amount]:
        fund, made = self.fund, []
        for line in fund.lines_of(*CARRIED):
            if line == fund.pilot_line and fund.pilot_share(year) > 0:
                continue
            if line == fund.interest_line and fund.kind(year) != "actual":
                continue
            usd = fund.carried(line, year)
            if usd is not None:
                made.append(Amount(line, fund.line(line).category, usd, fund.line(line).is_pledged))
        for line in fund.lines_of(RESTRICTED):
            usd = fund.known(line, year)
            if usd is not None:
                made.append(Amount(line, RESTRICTED, usd, fund.line(line).is_pledged))
        extension = fund.value("waiver_extension_usd", year)
        if extension and fund.kind(year) != "actual":
            made.append(Amount("waiver_extension", OTHER, -cents(extension), is_pledged=True))
        return made

    def _interest(self, year: int, beginning: Decimal | None) -> list[Amount]:
        """On the balance at the beginning of the year, so that nothing runs in a circle."""
        fund = self.fund
        if fund.kind(year) == "actual":
            return []
        line, usd = fund.line(fund.interest_line), fund.known(fund.interest_line, year)
        if usd is None and beginning is not None:
            usd = cents(beginning * fund.share("interest_percent", year))
        return [] if usd is None else [Amount(fund.interest_line, line.category, usd, line.is_pledged)]

    # Debt, capital, reserves

    def _debt(self, year: int) -> list[Amount]:
        """By issue, as the schedule has it; or the ledger's lines, of no lien."""
        return [
            Amount(
                f"debt:{one.lien}:{one.issue_id}" if one.lien else one.issue_id, DEBT, one.usd, lien=one.lien
            )
            for one in self.payments(year)
        ]

    def payments(self, year: int) -> list[Payment]:
        """The schedule where it has payments of the year, else the ledger; and the debt to come."""
        fund = self.fund
        made = [one for one in fund.debt if one.fiscal_year == year]
        if not made and year in fund.years:
            owed = fund.known if fund.debt else fund.carried
            known = ((line, owed(line, year)) for line in fund.lines_of(DEBT))
            made = [Payment(line, None, year, usd) for line, usd in known if usd is not None]
        return made + [one for one in self.new_debt if one.fiscal_year == year]

    @cached_property
    def new_debt(self) -> list[Payment]:
        """Level payments of what the plan borrows, from the year after each issue on."""
        fund, made = self.fund, []
        for year in fund.years:
            principal = sum((one.usd for one in self._projects(year) if one.funding == "debt"), ZERO)
            principal = ZERO if fund.kind(year) == "actual" else principal
            term = int(fund.value("debt_term_years", year, DEBT_TERM_YEARS))
            if principal > 0 and term > 0:
                rate = fund.share("debt_interest_percent", year)
                level = level_payment(principal, rate, term)
                made += [
                    Payment(f"new_{year}", fund.new_debt_lien, year + number, level)
                    for number in range(1, term + 1)
                ]
        return made

    def _projects(self, year: int) -> list[Project]:
        """What the plan spends in a year: later, and less of it, where the scenario says so."""
        spent: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for one in self._plan():
            if self._moved(one) == year:
                spent[one.project_id, one.funding] += one.usd * self._kept(one.fiscal_year)
        return [Project(of, year, cents(usd), funding) for (of, funding), usd in spent.items()]

    def _plan(self) -> list[Project]:
        """The plan; after its last year what it had from rates, at the prices of the year."""
        fund, factor = self.fund, ONE
        made = [one for one in fund.capital if one.fiscal_year in fund.years]
        last = max((one.fiscal_year for one in fund.capital), default=max(fund.years))
        yearly = sum(
            (one.usd for one in fund.capital if (one.fiscal_year, one.funding) == (last, "rates")), ZERO
        )
        for year in fund.years:
            if year > last and fund.kind(year) != "actual":
                factor *= ONE + fund.share("inflation_percent.capital", year)
                made.append(Project("after_plan", year, yearly * factor, "rates"))
        return made

    def _kept(self, year: int) -> Decimal:
        if self.fund.kind(year) != "projection":
            return ONE
        return self.fund.value("capital_share_percent", year, HUNDRED) / HUNDRED

    def _moved(self, project: Project) -> int:
        if self.fund.kind(project.fiscal_year) != "projection":
            return project.fiscal_year
        return project.fiscal_year + int(self.fund.value("capital_delay_years", project.fiscal_year))

    def _capital(self, year: int) -> list[Amount]:
        """What the city gives as paid from rates, else the plan, else the last year at the year's prices."""
        fund, category = self.fund, CAPITAL["rates"]
        planned = [
            Amount(f"project:{one.project_id}", CAPITAL[one.funding], one.usd) for one in self._projects(year)
        ]
        given = fund.known if fund.capital else fund.carried
        known = {line: given(line, year) for line in fund.lines_of(category)}
        known = {line: usd for line, usd in known.items() if usd is not None}
        if known or fund.kind(year) == "actual":
            planned = [one for one in planned if one.category != category]
        return [*planned, *(Amount(line, category, usd) for line, usd in known.items())]

    def _reserves(self, year: int) -> list[Amount]:
        fund, made = self.fund, []
        for category, name in (
            (CONTRIBUTION, "reserve_contribution_usd"),
            (DRAW, "planned_reserve_draw_usd"),
        ):
            known = {line: fund.known(line, year) for line in fund.lines_of(category)}
            known = {line: usd for line, usd in known.items() if usd is not None}
            if known or fund.kind(year) == "actual":
                made += [Amount(line, category, usd) for line, usd in known.items()]
            elif fund.value(name, year):
                made.append(Amount(category, category, cents(fund.value(name, year))))
        return made


def level_payment(principal: Decimal, rate: Decimal, years: int) -> Decimal:
    """The yearly payment that repays a principal with interest on what is left of it, to the cent."""
    if rate == 0:
        return cents(principal / years)
    return cents(principal * rate / (ONE - (ONE + rate) ** -years))
