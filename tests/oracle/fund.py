"""What is known of a fund, and what its assumptions say of a year: what the judge `forecast` starts from.

A *known* amount is the ledger's of the year's kind: actual, budget or the city's own projection. A line that
is not known is the last known amount times the growth of all years since, rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
ONE = Decimal(1)
HUNDRED = Decimal(100)
PROJECTED_YEARS = 10
HISTORY_YEARS = 10
DIGITS = 60  # of an intermediate product; what is printed is cents

RATE, OTHER, INTEREST = "rate_revenue", "other_operating_revenue", "non_operating_revenue"
OPERATING, DEPRECIATION, DEBT = "operating_expense", "depreciation", "debt_service"
TRANSFER, CONTRIBUTION, DRAW = "transfer", "reserve_contribution", "reserve_draw"
RESTRICTED, UNCOLLECTIBLE = "restricted_revenue", "uncollectible"
CAPITAL = {funding: f"{funding}_funded_capital" for funding in ("debt", "grant", "reserve")} | {
    "rates": "rate_funded_capital"
}
# These stand on the balance with this sign; depreciation moves no cash, and what a bond brings is spent.
CASH_SIGNS = {RATE: 1, UNCOLLECTIBLE: -1, OTHER: 1, INTEREST: 1, OPERATING: -1, DEBT: -1, TRANSFER: -1} | {
    CAPITAL["rates"]: -1,
    CAPITAL["reserve"]: -1,
}
INFLATES_WITH_OTHER = (OPERATING, DEPRECIATION)
# These hold for their own year; every other assumption holds until the next one.
OF_ONE_YEAR = ("rate_adjustment_percent", "usage_shock_percent", "reserve_contribution_usd")
OF_ONE_YEAR += ("planned_reserve_draw_usd", "waiver_extension_usd")
DEBT_TERM_YEARS = Decimal(20)  # where nobody says
CARRIED = (OPERATING, DEPRECIATION, TRANSFER, OTHER, INTEREST)


def cents(value: Decimal) -> Decimal:
    """Rounded to the cent, half away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class ChartLine:
    category: str
    is_pledged: bool = False


@dataclass(frozen=True)
class Amount:
    """One line of a fund and year; expense is positive too. `per_rate`: dollars a dollar of rate revenue."""

    line: str
    category: str
    usd: Decimal
    is_pledged: bool = False
    lien: str | None = None
    per_rate: Decimal = Decimal(0)


@dataclass(frozen=True)
class Project:
    project_id: str
    fiscal_year: int
    usd: Decimal
    funding: str


@dataclass(frozen=True)
class Payment:
    """What an issue costs in a fiscal year."""

    issue_id: str
    lien: str | None
    fiscal_year: int
    usd: Decimal


@dataclass
class Fund:
    """All that is known of a fund, in one scenario.

    Attributes:
        chart: line to what it is.
        ledger: (scenario, fiscal year, line) to dollars of the whole year.
        debt: the schedule.
        capital: the plan.
        cash: fiscal year to unrestricted cash at its end.
        assumptions: name to values by year.
        existing: (test year, dollars) of revenue at existing rates from determinants, if there are any.
        measured_share: the volumetric share that determinants show.
        measured_uncollectible: percent of clean years, if it was measured.
        weights: effective month to the part of a year's billed revenue from then on, if bills are loaded.
    """

    chart: Mapping[str, ChartLine]
    ledger: Mapping[tuple[str, int, str], Decimal]
    debt: Iterable[Payment] = ()
    capital: Iterable[Project] = ()
    cash: Mapping[int, Decimal] = field(default_factory=dict)
    assumptions: Mapping[str, Mapping[int, Decimal]] = field(default_factory=dict)
    existing: tuple[int, Decimal] | None = None
    measured_share: Decimal | None = None
    measured_uncollectible: Decimal | None = None
    weights: Mapping[int, Decimal] | None = None
    interest_line: str = "interest_income"
    pilot_line: str = "pilot"
    pilot_is_operating_expense: bool = False
    new_debt_lien: str = "senior"

    # Years

    @cached_property
    def first_open_year(self) -> int:
        """The first year without actual books."""
        actual = [year for scenario, year, _ in self.ledger if scenario == "actual"]
        return max(actual) + 1 if actual else min(year for _, year, _ in self.ledger)

    @cached_property
    def years(self) -> range:
        """Up to ten years of history, the first open year, and ten after it."""
        actual = {year for scenario, year, _ in self.ledger if scenario == "actual"}
        first = min([year for year in actual if year >= self.first_open_year - HISTORY_YEARS], default=None)
        return range(first or self.first_open_year, self.first_open_year + PROJECTED_YEARS + 1)

    def kind(self, year: int) -> str:
        """Whether a year is actual, budget or projection."""
        if year < self.first_open_year:
            return "actual"
        has_budget = any(scenario == "budget" and of == year for scenario, of, _ in self.ledger)
        return "budget" if has_budget else "projection"

    # Assumptions

    def assumed(self, name: str, year: int) -> Decimal | None:
        """The value of the year; mostly, where it has none, of the last year before it that has one."""
        values = self.assumptions.get(name, {})
        if name in OF_ONE_YEAR:
            return values.get(year)
        given = [of for of in values if of <= year]
        return values[max(given)] if given else None

    def value(self, name: str, year: int, neutral: Decimal = Decimal(0)) -> Decimal:
        """The same, neutral where none was ever given."""
        found = self.assumed(name, year)
        return neutral if found is None else found

    def share(self, name: str, year: int) -> Decimal:
        """A percentage as a share of one."""
        return self.value(name, year) / HUNDRED

    def inflation(self, line: str, year: int) -> Decimal:
        """A line's growth over the year before, as a factor."""
        # A payment in lieu of taxes is carried like a transfer, wherever policy puts it.
        category = TRANSFER if line == self.pilot_line else self.line(line).category
        names = [f"inflation_percent.{line}", f"inflation_percent.{category}"]
        names += ["inflation_percent.other"] if category in INFLATES_WITH_OTHER else []
        names += ["inflation_percent.capital"] if category == CAPITAL["rates"] else []
        for name in names:
            found = self.assumed(name, year)
            if found is not None:
                return ONE + found / HUNDRED
        return ONE

    def volumetric_share(self, year: int) -> Decimal:
        found = self.assumed("volumetric_share_percent", year)
        if found is not None:
            return found / HUNDRED
        return self.measured_share or Decimal(0)

    def uncollectible(self, year: int) -> Decimal:
        """The share of billed revenue that is never paid."""
        found = self.assumed("uncollectible_percent", year)
        return (self.measured_uncollectible or Decimal(0) if found is None else found) / HUNDRED

    def pilot_share(self, year: int) -> Decimal:
        """The payment in lieu of taxes as a share of billed rate revenue; 0 where it is an amount."""
        return Decimal(0) if self.kind(year) == "actual" else self.share("pilot_percent", year)

    # Lines

    def line(self, line: str) -> ChartLine:
        """What a line is; a payment in lieu of taxes is what policy says, and needs no entry in the chart."""
        if line == self.pilot_line:
            category = OPERATING if self.pilot_is_operating_expense else TRANSFER
            return ChartLine(category, line in self.chart and self.chart[line].is_pledged)
        if line == self.interest_line and line not in self.chart:
            return ChartLine(INTEREST)
        return self.chart[line]

    def lines_of(self, *categories: str) -> list[str]:
        return [line for line in self.chart if self.line(line).category in categories]

    def known(self, line: str, year: int) -> Decimal | None:
        """What the ledger says of a line and year."""
        found = self.ledger.get((self.kind(year), year, line))
        return self.ledger.get(("projection", year, line)) if found is None else found

    def carried(self, line: str, year: int) -> Decimal | None:
        """The last known amount, grown to the year; None where the line was never known."""
        factor = ONE
        for of in range(year, min(self.years) - 1, -1):
            found = self.known(line, of)
            if found is not None:
                return cents(found * factor)
            if self.kind(of) != "projection":
                return None
            factor *= self.inflation(line, of)
        return None
