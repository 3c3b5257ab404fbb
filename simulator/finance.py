"""The books of the funds beside the receivable: budget and actuals, debt, capital plan and cash.

Expenses are those of the real city, scaled by the simulated accounts over the real ones; revenue, receivable,
card fees and cash received are those of the run. Amounts are whole cents.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from simulator.agenda import Rows
from simulator.calendars import last_day
from simulator.chart import OPERATING, RATE_LINES, Amounts, cash_rows, fiscal, ledger_rows
from simulator.cities import SERVICES
from simulator.entities import card_fees
from simulator.past_books import PastBooks
from simulator.plans import Plans
from simulator.world import World

DAYS_A_MONTH = 30.4375


def _sum(amounts: Amounts, fund: str, lines: Iterable[str]) -> int:
    """What some lines of a fund come to."""
    return sum(amounts.get((fund, line), 0) for line in lines)


class Finance:
    """The books of one run, month by month."""

    def __init__(self, world: World, funds: list[str]) -> None:
        """Open the books.

        Args:
            world: the run.
            funds: names of the funds that the city bills.
        """
        self._world = world
        self._rates = world.rates.finance
        self._funds = funds
        self._plans = Plans(world, funds)
        self._cash = {fund: self._plans.cents(self._rates.opening_cash_usd.get(fund, 0)) for fund in funds}
        self._months: list[Amounts] = []  # the last twelve
        self._known_money = 0
        self._is_first = True

    # ---- A month

    def end_month(self, month: int, known: Amounts, rows: dict[str, Rows]) -> dict[str, pa.Table]:
        """Close a month.

        Args:
            month: the month that ended.
            known: cents by fund and line that the run itself knows: receivable, rates and penalties.
            rows: what was posted in it, by entity, as kept.

        Returns:
            The tables that are delivered, by entity.
        """
        year, period = fiscal(month, self._world.city.fiscal_start_month)
        amounts = dict(known)
        plans, told_from, ledger, held = self._plans, year, [], []
        if self._is_first:
            past = PastBooks(self._world, plans, self._funds, month, self._cash)
            told_from, ledger, held = past.first_year, past.ledger, past.held
            ledger.append(ledger_rows(self._budget(year), year, 0, "budget"))
        self._add_flows(amounts, month, year, rows)
        self._months = [*self._months[-11:], amounts]
        self._add_balances(amounts, month, rows)
        ledger.insert(0, ledger_rows(amounts, year, period, "actual"))
        if period == 12:  # the coming year's budget is adopted before it begins
            ledger.append(ledger_rows(self._budget(year + 1), year + 1, 0, "budget"))
        now = last_day(month)
        held += [(fund, now, self._cash[fund], plans.reserve(fund, month)) for fund in self._funds]
        tables = {"ledger_balances": pa.concat_tables(ledger), "cash_balances": cash_rows(held)}
        debt = [
            one for one in plans.debt if one["issued"] == month or (self._is_first and one["issued"] < month)
        ]
        plan = plans.added(year, self._is_first) if self._is_first or period == 1 else []
        if debt:
            tables["debt_service"] = plans.debt_table(debt, told_from)
        if plan:
            tables["capital_plan"] = plans.plan_table(plan)
        self._is_first = False
        return tables

    def _spread(self, what: str, fund: str, month: int) -> float:
        """How an expense of a month differs from its mean."""
        luck = self._world.draws.normal(f"expense {fund} {what}", np.array([month]))
        return 1 + self._rates.monthly_spread * float(np.clip(luck[0], -3, 3))

    def _add_flows(self, amounts: Amounts, month: int, year: int, rows: dict[str, Rows]) -> None:
        """Revenue and expense of a month, beside what is billed."""
        rates, city = self._rates, self._world.city
        for fund in self._funds:
            for line, dollars in rates.operating_usd.get(fund, {}).items():
                share = rates.purchased_by_month[month % 12] if line == "purchased" else 1 / 12
                mean = self._plans.cents(dollars) * self._plans.index(year) * share
                amounts[fund, line] = round(mean * self._spread(line, fund, month))
            other = rates.other_revenue_usd.get(fund, 0)
            if other:
                amounts[fund, "other_revenue"] = round(
                    self._plans.cents(other) / 12 * self._spread("other_revenue", fund, month)
                )
            amounts[fund, "interest_income"] = round(self._cash[fund] * rates.interest_percent / 1200)
            if rates.depreciation_usd.get(fund):
                amounts[fund, "depreciation"] = (
                    self._plans.cents(rates.depreciation_usd[fund] * self._plans.index(year)) // 12
                )
            if rates.pilot_percent.get(fund):
                amounts[fund, "pilot"] = round(
                    _sum(amounts, fund, RATE_LINES.values()) * rates.pilot_percent[fund] / 100
                )
            amounts[fund, "debt_service"] = self._plans.due(fund, month, 1)
            capital = sum(
                one["cents"]
                for one in self._plans.projects(year)
                if (one["fund"], one["funding"]) == (fund, "rates")
            )
            amounts[fund, "rate_funded_capital"] = round(capital / 12 * self._spread("capital", fund, month))
        if "payments" in rows:
            _, absorbed = card_fees(city, rows["payments"])
            fund = SERVICES[city.account_fund]
            amounts[fund, "billing_collection"] = amounts.get((fund, "billing_collection"), 0) + int(
                absorbed.sum()
            )
        if "adjustments" in rows:
            adjustments = rows["adjustments"]
            is_given = (adjustments["kind"] == "rebate") & (adjustments["event"] != "")
            for service in np.unique(adjustments["service"][is_given]):
                cents = adjustments["cents"][is_given & (adjustments["service"] == service)]
                fund = SERVICES[service] if service > 0 else SERVICES[city.account_fund]
                amounts[fund, "customer_credits"] = amounts[fund, "reserve_draw"] = -int(cents.sum())

    def _add_balances(self, amounts: Amounts, month: int, rows: dict[str, Rows]) -> None:
        """What stands at the end of the month: allowance, unbilled service and cash."""
        world, rates = self._world, self._rates
        people = world.people
        active = people.active(last_day(month))
        waiting = np.maximum(last_day(month) - people.last_read[active], 0).sum() / DAYS_A_MONTH
        revenue = {fund: self._mean(fund, *RATE_LINES.values()) for fund in self._funds}
        all_revenue = sum(revenue.values()) or 1
        money = world.totals.collected - world.totals.returned
        received, self._known_money = money - self._known_money, money
        if "adjustments" in rows:
            adjustments = rows["adjustments"]
            received -= int(adjustments["cents"][adjustments["kind"] == "refund"].sum())
        spent = (*OPERATING, "debt_service", "rate_funded_capital", "pilot")
        for fund in self._funds:
            amounts[fund, "allowance"] = round(max(amounts[fund, "receivable"], 0) * rates.allowance_share)
            amounts[fund, "unbilled"] = round(revenue[fund] * waiting / max(len(active), 1))
            flow = round(received * revenue[fund] / all_revenue)
            flow += amounts.get((fund, "other_revenue"), 0) + amounts[fund, "interest_income"]
            flow -= sum(amounts.get((fund, line), 0) for line in spent)
            self._cash[fund] += flow
            amounts[fund, "cash"] = self._cash[fund] + self._plans.reserve(fund, month)

    def _mean(self, fund: str, *lines: str) -> float:
        """The mean of some lines' sum over the last months, up to twelve."""
        return sum(_sum(amounts, fund, lines) for amounts in self._months) / max(len(self._months), 1)

    # ---- Budget

    def _budget(self, year: int) -> Amounts:
        """The year's budget: expenses as planned, revenue as in the last twelve months."""
        rates = self._rates
        budget: Amounts = {}
        for fund in self._funds:
            known = len(self._months) == 12
            first = self._plans.cents(rates.first_revenue_usd.get(fund, 0))
            revenue = round(12 * self._mean(fund, *RATE_LINES.values())) if known else first
            budget[fund, "rate_revenue"] = revenue
            budget[fund, "other_revenue"] = self._plans.cents(rates.other_revenue_usd.get(fund, 0))
            budget[fund, "interest_income"] = round(self._cash[fund] * rates.interest_percent / 100)
            for line, dollars in rates.operating_usd.get(fund, {}).items():
                budget[fund, line] = round(self._plans.cents(dollars) * self._plans.index(year))
            depreciation = rates.depreciation_usd.get(fund, 0)
            budget[fund, "depreciation"] = self._plans.cents(depreciation * self._plans.index(year))
            budget[fund, "pilot"] = round(revenue * rates.pilot_percent.get(fund, 0) / 100)
            budget[fund, "debt_service"] = sum(
                one["principal"] + one["interest"]
                for one in self._plans.debt
                if one["fund"] == fund and self._plans.fiscal_year(one["on"]) == year
            )
            budget[fund, "rate_funded_capital"] = sum(
                one["cents"]
                for one in self._plans.projects(year)
                if (one["fund"], one["funding"]) == (fund, "rates")
            )
        fund = SERVICES[self._world.city.penalty_service or self._world.city.account_fund]
        budget[fund, "penalty_revenue"] = round(12 * self._mean(fund, "penalty_revenue"))
        return {key: cents for key, cents in budget.items() if cents}
