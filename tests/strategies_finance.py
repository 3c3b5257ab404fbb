"""Random funds: books, debt by lien, capital by source, cash, assumptions and tests, with much left out.

Amounts are dollars and cents below ten million, percentages have at most two decimals. What a city may leave
out is sometimes left out: years of a line, the budget, the schedule, balances, assumptions.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from tests.support.finance_town import CASH, COVERAGE, FinanceTown

CENT = Decimal("0.01")
OPEN = 2026
AHEAD = range(OPEN, OPEN + 11)
LIENS = ("senior", "subordinate", "srf", "go")
FUNDINGS = ("rates", "debt", "grant", "reserve")
# Line, category, whether a draw decides that it is pledged, and its usual size in dollars.
LINES = (
    ("late_penalties", "other_operating_revenue", 200_000),
    ("rent", "other_operating_revenue", 30_000),
    ("interest_income", "non_operating_revenue", 50_000),
    ("sale_of_land", "non_operating_revenue", 20_000),
    ("impact_fees", "restricted_revenue", 90_000),
    ("personnel", "operating_expense", 1_500_000),
    ("power", "operating_expense", 700_000),
    ("depreciation", "depreciation", 600_000),
    ("paygo", "rate_funded_capital", 300_000),
    ("pilot", "transfer", 150_000),
    ("overhead", "transfer", 80_000),
    ("to_reserve", "reserve_contribution", 60_000),
    ("from_reserve", "reserve_draw", 70_000),
)
# What a random test may name.
CATEGORIES = ("rate_revenue", "other_operating_revenue", "non_operating_revenue", "restricted_revenue")
CATEGORIES += ("operating_expense", "depreciation", "transfer", "uncollectible", "rate_funded_capital")


@st.composite
def finance_towns(draw: st.DrawFn, max_towns: int = 3) -> list[FinanceTown]:
    """One or a few utilities, each with a fund."""
    random = draw(st.randoms(use_true_random=False))
    return [random_town(random, f"town_{number}") for number in range(random.randint(1, max_towns))]


def random_finance_towns(seed: int, count: int) -> list[FinanceTown]:
    """Many utilities; the same seed gives the same ones."""
    random = Random(seed)
    return [random_town(random, f"town_{number}") for number in range(count)]


def random_town(random: Random, utility_id: str) -> FinanceTown:
    """A fund that lives through everything."""
    return _Draw(random, utility_id).town


class _Draw:
    """One fund."""

    def __init__(self, random: Random, utility_id: str) -> None:
        self.random = random
        self.town = FinanceTown(utility_id, OPEN, random.choice((1, 7, 10)))
        self.town.pilot_treatment = random.choice(("transfer", "operating_expense"))
        self.history = [OPEN - back for back in range(random.randint(0, 3), 0, -1)]
        self.budget = [OPEN, OPEN + 1][: random.choice((1, 1, 1, 2))]
        if self.history and self.chance(15):
            self.budget = []
        self.lines()
        self.debt()
        self.capital()
        self.balances()
        if self.chance(40):
            self.bills()
        self.assumptions()
        self.tests()

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def usd(self, about: int) -> Decimal:
        """An amount around a usual one."""
        return Decimal(self.random.randint(about * 60, about * 140)) * CENT

    def percent(self, low: int, high: int) -> Decimal:
        return Decimal(self.random.randint(low * 100, high * 100)) * CENT

    # Books

    def lines(self) -> None:
        self.line("rates", "rate_revenue", True, 3_500_000, leaves_out=0)
        if self.chance(20):
            self.line("large_users", "rate_revenue", True, 400_000, leaves_out=0)
        for line, category, about in LINES:
            if self.chance(75):
                self.line(line, category, self.chance(50), about, leaves_out=8)

    def line(self, line: str, category: str, is_pledged: bool, about: int, leaves_out: int) -> None:
        self.town.line(line, category, is_pledged)
        for scenario, years in (("actual", self.history), ("budget", self.budget)):
            kept = [year for year in years if not self.chance(leaves_out)]
            self.town.book(line, scenario, {year: self.usd(about) for year in kept})
        if self.chance(20):
            later = [year for year in AHEAD if year not in self.budget and self.chance(40)]
            self.town.book(line, "projection", {year: self.usd(about) for year in later})

    def debt(self) -> None:
        if self.chance(25):
            self.line("loan", "debt_service", False, 200_000, leaves_out=8)
        for number in range(self.random.randint(0, 4)):
            lien, first = self.random.choice(LIENS), self.random.choice((2022, 2024, 2026, 2028))
            for year in range(first, first + self.random.randint(1, 14)):
                half = [(year, month) for month in (3, 9)]
                for paid_year, month in half[: self.random.randint(1, 2)]:
                    paid_on = date(paid_year, month, 1)
                    self.town.pay_debt(f"issue_{number}", lien, paid_on, self.usd(90_000), self.usd(40_000))

    def capital(self) -> None:
        for number in range(self.random.randint(0, 5)):
            funding = self.random.choice(FUNDINGS)
            for year in sorted({self.random.choice(range(OPEN - 1, OPEN + 7)) for _ in range(2)}):
                self.town.project(f"project_{number}", year, self.usd(500_000), funding)

    def balances(self) -> None:
        for year in [*[year - 1 for year in self.history[:1]], *self.history]:
            if year != OPEN - 1 and self.chance(80):
                self.town.cash(year, self.usd(2_000_000))
        if self.chance(90):
            self.town.cash(OPEN - 1, self.usd(2_000_000))

    def bills(self) -> None:
        """A test year just over or long ago, and weights that fall from month to month."""
        year = self.random.choice([OPEN - 1, *self.history])
        weights = sorted((self.random.randint(10**11, 10**12) for _ in range(12)), reverse=True)
        self.town.bills_show(
            year,
            self.usd(3_400_000),
            Decimal(self.random.randint(0, 10**12)) / 10**12,
            Decimal(self.random.randint(0, 3_000_000)) / 10**6,
            [Decimal(weight) / 10**12 for weight in weights],
        )

    # Policy

    def assumptions(self) -> None:
        some = {
            "growth_percent": (-1, 3),
            "usage_growth_percent": (-2, 1),
            "volumetric_share_percent": (0, 100),
            "inflation_percent.other": (0, 6),
            "inflation_percent.personnel": (0, 6),
            "inflation_percent.transfer": (0, 4),
            "inflation_percent.rent": (-3, 3),
            "inflation_percent.capital": (0, 5),
            "uncollectible_percent": (0, 4),
            "interest_percent": (0, 4),
            "debt_interest_percent": (0, 6),
            "target_coverage": (1, 2),
            "target_days_cash": (30, 180),
        }
        for name, bounds in some.items():
            if self.chance(75):
                self.spread(name, *bounds)
        if self.chance(50):
            self.spread("pilot_percent", 0, 12)
        whole = {"rate_effective_month": (1, 12), "debt_term_years": (1, 30), "capital_delay_years": (0, 2)}
        for name, bounds in whole.items():
            if self.chance(50):
                self.town.assume(name, self.random.randint(*bounds))
        if self.chance(60):
            self.town.assume("elasticity", -self.percent(0, 1) / 2)
        if self.chance(20):
            self.town.assume("capital_share_percent", self.percent(50, 100))
        self.of_one_year()

    def of_one_year(self) -> None:
        """Assumptions that hold for the years that name them."""
        for name, bounds in {"rate_adjustment_percent": (-2, 12), "usage_shock_percent": (-15, 5)}.items():
            if self.chance(50):
                first = self.random.choice(AHEAD)
                years = range(first, self.random.randint(first, max(AHEAD)) + 1)
                self.town.assume(name, {year: self.percent(*bounds) for year in years})
        for name in ("reserve_contribution_usd", "planned_reserve_draw_usd", "waiver_extension_usd"):
            if self.chance(30):
                first = self.random.choice(AHEAD)
                self.town.assume(name, {year: self.usd(50_000) for year in range(first, first + 2)})

    def spread(self, name: str, low: int, high: int) -> None:
        """Values of one to four years, the first not before two years ago nor after the next."""
        first = self.random.randint(OPEN - 2, OPEN + 1)
        years = range(first, first + self.random.randint(1, 4))
        self.town.assume(name, {year: self.percent(low, high) for year in years})

    def tests(self) -> None:
        self.town.test(CASH, COVERAGE)
        expense = {"denominator": ["operating_expense"]}
        days = {"test_id": "days_cash", "measure": "days", "numerator": ["ending_balance"], **expense}
        ratio = {"test_id": "expense_over_revenue", "numerator": ["operating_expense"], "at_most": "0.8"}
        more = [
            {**days, "at_least": "target_days_cash", "band_percent": "10", "sets_rates": self.chance(30)},
            {**ratio, "denominator": ["rate_revenue", "-uncollectible"]},
            {**COVERAGE, "test_id": "maximum", "debt_service": "maximum", "at_least": "1.1"},
            {**COVERAGE, "test_id": "average", "debt_service": "average", "at_least": "1.2"},
            {**COVERAGE, **self.by_lien()},
            self.random_test(),
        ]
        self.town.test(*(test for test in more if self.chance(50)))

    def by_lien(self) -> dict[str, object]:
        """Coverage of one lien, or of two together."""
        liens = self.random.sample(LIENS, self.random.randint(1, 2))
        basis = self.random.choice(("annual", "maximum", "average"))
        denominator = [f"debt_service.{lien}" for lien in liens]
        return {"test_id": "by_lien", "denominator": denominator, "debt_service": basis}

    def random_test(self) -> dict[str, object]:
        """A ratio or difference of whatever lines."""
        return {
            "test_id": "whatever",
            "measure": self.random.choice(("ratio", "difference")),
            "numerator": ["rate_revenue", *self.terms()],
            "denominator": self.terms() or ["operating_expense"],
            "at_least": str(self.percent(0, 2)),
            "sets_rates": self.chance(50),
            "is_required": self.chance(50),
        }

    def terms(self) -> list[str]:
        """Some terms, each once."""
        of = self.random.sample(CATEGORIES[1:], self.random.randint(0, 3))
        terms = [one + (".pledged" if "revenue" in one and self.chance(30) else "") for one in of]
        lines = [line for line, (category, _) in self.town.chart.items() if category == "operating_expense"]
        terms += [f"line:{self.random.choice(lines)}"] if lines and self.chance(30) else []
        return [("-" if self.chance(40) else "") + term for term in terms]
