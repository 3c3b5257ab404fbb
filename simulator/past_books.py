"""The books of the years before a run, counted backwards from the cash with which it begins.

Whole fiscal years have one row a line (period 0). Of a year that the run begins within, the months before it
are given one by one, so that the year is whole. Cash at the end of a span is cash at its beginning and the
lines of the span: revenue less expense, debt service, capital and transfers. What rates earned beyond these
was built with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator.calendars import last_day
from simulator.chart import Amounts, fiscal, ledger_rows
from simulator.cities import SERVICES
from simulator.plans import Plans
from simulator.world import World


@dataclass(frozen=True)
class Span:
    """Some months of a fiscal year that are told in one.

    Attributes:
        first_month: its first month.
        months: how many it has: 12, or 1 in the year that the run begins within.
        year: the fiscal year.
        period: 0 for a whole year, else the period of its month.
    """

    first_month: int
    months: int
    year: int
    period: int

    @property
    def share(self) -> float:
        """The part of a year that it is."""
        return self.months / 12


class PastBooks:
    """The books before a run.

    Attributes:
        ledger: rows of `ledger_balances`.
        held: rows of `cash_balances`, for the end of each span and the day before the first.
        first_year: the first fiscal year that is told.
    """

    def __init__(
        self, world: World, plans: Plans, funds: list[str], month: int, cash: dict[str, int]
    ) -> None:
        """Count backwards.

        Args:
            world: the run.
            plans: debt and prices.
            funds: names of the funds.
            month: the first month of the run.
            cash: unrestricted cents by fund when it begins.
        """
        self._world, self._rates, self._plans, self._funds = world, world.rates.finance, plans, funds
        self._run_year, _ = fiscal(month, world.city.fiscal_start_month)
        self.first_year = self._run_year - self._rates.history_years
        self.ledger: list[pa.Table] = []
        self.held: list[tuple[str, int, int, int]] = []
        cash = dict(cash)
        for span in self._spans(month):
            self._hold(cash, span.first_month + span.months - 1)
            amounts = self._amounts(span, cash)
            self.ledger.append(ledger_rows(amounts, span.year, span.period, "actual"))
            month = span.first_month
        self._hold(cash, month - 1)

    def _spans(self, month: int) -> Iterator[Span]:
        """From the latest to the earliest."""
        year, period = fiscal(month, self._world.city.fiscal_start_month)
        for back in range(1, period):
            yield Span(month - back, 1, year, period - back)
        for back in range(1, self._rates.history_years + 1):
            yield Span(month - (period - 1) - 12 * back, 12, year - back, 0)

    def _hold(self, cash: dict[str, int], month: int) -> None:
        """What stood at the end of a month."""
        self.held += [
            (fund, last_day(month), cash[fund], self._plans.reserve(fund, month)) for fund in self._funds
        ]

    def _luck(self, what: str, span: Span) -> float:
        """How an expense of a span differs from its mean: less in a year than in a month."""
        luck = self._world.draws.normal(f"past {what}", np.array([span.first_month]))
        return 1 + self._rates.monthly_spread * float(np.clip(luck[0], -3, 3)) / span.months**0.5

    def _amounts(self, span: Span, cash: dict[str, int]) -> Amounts:
        """The lines of a span, and `cash` put back to what stood before it."""
        rates, plans = self._rates, self._plans
        amounts: Amounts = {}
        for fund in self._funds:
            growth = 1 + rates.history_growth.get(fund, 0)
            revenue = plans.cents(rates.first_revenue_usd.get(fund, 0)) * growth ** (
                span.year - self._run_year
            )
            amounts[fund, "rate_revenue"] = round(revenue * span.share)
        late = SERVICES[self._world.city.penalty_service or self._world.city.account_fund]
        amounts[late, "penalty_revenue"] = round(sum(amounts.values()) * rates.history_penalty_share)
        for fund in self._funds:
            self._add_costs(amounts, fund, span)
            before = round(cash[fund] / (1 + rates.history_cash_growth.get(fund, 0)) ** span.share)
            amounts[fund, "interest_income"] = round(before * rates.interest_percent / 100 * span.share)
            earned = sum(
                amounts.get((fund, line), 0)
                for line in ("rate_revenue", "penalty_revenue", "other_revenue", "interest_income")
            )
            spent = sum(
                amounts.get((fund, line), 0)
                for line in (*rates.operating_usd.get(fund, {}), "debt_service", "pilot")
            )
            amounts[fund, "rate_funded_capital"] = max(earned - spent - (cash[fund] - before), 0)
            amounts[fund, "cash"] = cash[fund] + plans.reserve(fund, span.first_month + span.months - 1)
            cash[fund] -= earned - spent - amounts[fund, "rate_funded_capital"]
        return {key: cents for key, cents in amounts.items() if cents}

    def _add_costs(self, amounts: Amounts, fund: str, span: Span) -> None:
        """Expenses, debt service and other revenue of a fund in a span."""
        rates, plans = self._rates, self._plans
        prices = plans.index(span.year)
        bought = sum(
            rates.purchased_by_month[(span.first_month + ahead) % 12] for ahead in range(span.months)
        )
        for line, dollars in rates.operating_usd.get(fund, {}).items():
            share = bought if line == "purchased" else span.share
            mean = plans.cents(dollars) * prices * share
            amounts[fund, line] = round(mean * self._luck(f"{fund} {line}", span))
        other = plans.cents(rates.other_revenue_usd.get(fund, 0)) * span.share
        amounts[fund, "other_revenue"] = round(other * self._luck(f"{fund} other", span))
        amounts[fund, "depreciation"] = round(
            plans.cents(rates.depreciation_usd.get(fund, 0)) * prices * span.share
        )
        amounts[fund, "debt_service"] = plans.due(fund, span.first_month, span.months)
        percent = rates.pilot_percent.get(fund, 0)
        amounts[fund, "pilot"] = round(amounts[fund, "rate_revenue"] * percent / 100)
