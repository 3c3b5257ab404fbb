"""The books of the funds beside the receivable: budget and actuals, debt, capital plan and cash.

Expenses are those of the real city, scaled by the simulated accounts over the real ones; revenue, receivable,
card fees and cash received are those of the run. Amounts are whole cents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from simulator import columns as col
from simulator.agenda import Rows
from simulator.calendars import first_day, last_day, month_of, month_of_day
from simulator.cities import CLASSES, SERVICES
from simulator.entities import card_fees
from simulator.world import World

DAYS_A_MONTH = 30.4375
# line, title, category, pledged, account of the general ledger, order
LINES = (
    ("rate_revenue", "Revenue from rates", "rate_revenue", True, "4110", 10),
    ("rate_revenue_residential", "Rates billed to homes", "rate_revenue", True, "4111", 11),
    ("rate_revenue_commercial", "Rates billed to businesses", "rate_revenue", True, "4112", 12),
    ("rate_revenue_industrial", "Rates billed to industry", "rate_revenue", True, "4113", 13),
    ("rate_revenue_municipal", "Rates billed to the city itself", "rate_revenue", True, "4114", 14),
    ("penalty_revenue", "Late penalties, less waivers", "other_operating_revenue", True, "4210", 20),
    ("other_revenue", "Other operating revenue", "other_operating_revenue", True, "4290", 22),
    ("interest_income", "Interest earned", "non_operating_revenue", True, "4510", 24),
    ("personnel", "Personnel", "operating_expense", False, "5110", 30),
    ("purchased", "Power, water and treatment purchased", "operating_expense", False, "5210", 31),
    ("chemicals", "Chemicals", "operating_expense", False, "5220", 32),
    ("contractual", "Contractual services", "operating_expense", False, "5310", 33),
    ("materials", "Materials and supplies", "operating_expense", False, "5410", 34),
    ("billing_collection", "Billing and collection, absorbed card fees included", "operating_expense", False,
     "5510", 35),
    ("administration", "Administration", "operating_expense", False, "5610", 36),
    ("depreciation", "Depreciation", "depreciation", False, "5910", 40),
    ("debt_service", "Debt service", "debt_service", False, "6110", 50),
    ("rate_funded_capital", "Capital paid from rates", "rate_funded_capital", False, "6210", 60),
    ("pilot", "Payment in lieu of taxes to the general fund", "transfer", False, "6310", 70),
    ("reserve_draw", "Reserves returned to customers", "reserve_draw", False, "6410", 80),
    ("receivable", "Customer receivable", "receivable", False, "1210", 90),
    ("allowance", "Allowance for uncollectible accounts", "allowance", False, "1219", 91),
    ("unbilled", "Service delivered and not yet billed", "unbilled", False, "1220", 92),
    ("cash", "Cash and investments", "cash", False, "1010", 94),
)  # fmt: skip
_OPERATING = tuple(line for line, _, category, *_ in LINES if category == "operating_expense")
_RESERVED_LIENS = ("senior", "srf")
# The actual revenue is by customer class, each on a line that ends in its name; a budget has it in one.
RATE_LINES = {name: f"rate_revenue_{name}" for name in CLASSES}
Amounts = dict[tuple[str, str], int]


def fiscal(month: int, fiscal_start: int) -> tuple[int, int]:
    """Fiscal year and period of a month; a fiscal year is named by the year in which it ends."""
    calendar = month % 12 + 1
    year = 2000 + month // 12
    return (year + (calendar >= fiscal_start and fiscal_start > 1), (calendar - fiscal_start) % 12 + 1)


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
        self._scale = world.people.premises.count / self._rates.real_accounts
        self._debt = [
            payment
            for issue in self._rates.debt
            if issue["fund"] in funds
            for payment in self._payments(issue)
        ]
        self._cash = {fund: self._cents(self._rates.opening_cash_usd.get(fund, 0)) for fund in funds}
        self._months: list[Amounts] = []  # the last twelve
        self._known_money = 0
        self._is_first = True

    def _cents(self, dollars: float) -> int:
        """Dollars of the real city as cents of the simulated one."""
        return round(dollars * 100 * self._scale)

    def _index(self, year: int) -> float:
        """What prices of a fiscal year are to those of the base year."""
        return (1 + self._rates.yearly_increase) ** (year - self._rates.base_year)

    def chart(self) -> pa.Table:
        """The chart of lines."""
        lines, titles, categories, pledged, accounts, sort = zip(*LINES, strict=True)
        return pa.table(
            {
                "line": col.texts(lines),
                "title": col.texts(titles),
                "category": col.texts(categories),
                "pledged": col.booleans(np.array(pledged)),
                "gl_account": col.texts(accounts),
                "sort": col.integers(np.array(sort)),
            }
        )

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
        parts = []
        if self._is_first or period == 1:
            parts.append(self._ledger(self._budget(year), year, 0, "budget"))
        self._add_flows(amounts, month, year, rows)
        self._months = [*self._months[-11:], amounts]
        self._add_balances(amounts, month, rows)
        parts.insert(0, self._ledger(amounts, year, period, "actual"))
        tables = {"ledger_balances": pa.concat_tables(parts), "cash_balances": self._cash_table(month)}
        debt = [
            one for one in self._debt if one["issued"] == month or (self._is_first and one["issued"] < month)
        ]
        plan = self._plan(year, year if self._is_first else year + self._rates.plan_years - 1, period)
        if debt:
            tables["debt_service"] = self._debt_table(debt, year)
        if plan:
            tables["capital_plan"] = self._plan_table(plan)
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
                mean = self._cents(dollars) * self._index(year) * share
                amounts[fund, line] = round(mean * self._spread(line, fund, month))
            other = rates.other_revenue_usd.get(fund, 0)
            if other:
                amounts[fund, "other_revenue"] = round(
                    self._cents(other) / 12 * self._spread("other_revenue", fund, month)
                )
            amounts[fund, "interest_income"] = round(self._cash[fund] * rates.interest_percent / 1200)
            if rates.depreciation_usd.get(fund):
                amounts[fund, "depreciation"] = (
                    self._cents(rates.depreciation_usd[fund] * self._index(year)) // 12
                )
            if rates.pilot_percent.get(fund):
                amounts[fund, "pilot"] = round(
                    _sum(amounts, fund, RATE_LINES.values()) * rates.pilot_percent[fund] / 100
                )
            due = [one for one in self._debt if one["fund"] == fund and month_of_day(one["on"]) == month]
            amounts[fund, "debt_service"] = sum(one["principal"] + one["interest"] for one in due)
            capital = sum(
                one["cents"]
                for one in self._projects(year)
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
                amounts[fund, "reserve_draw"] = -int(cents.sum())

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
        spent = (*_OPERATING, "debt_service", "rate_funded_capital", "pilot")
        for fund in self._funds:
            amounts[fund, "allowance"] = round(max(amounts[fund, "receivable"], 0) * rates.allowance_share)
            amounts[fund, "unbilled"] = round(revenue[fund] * waiting / max(len(active), 1))
            flow = round(received * revenue[fund] / all_revenue)
            flow += amounts.get((fund, "other_revenue"), 0) + amounts[fund, "interest_income"]
            flow -= sum(amounts.get((fund, line), 0) for line in spent)
            self._cash[fund] += flow
            amounts[fund, "cash"] = self._cash[fund] + self._reserve(fund, month)

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
            first = self._cents(rates.first_revenue_usd.get(fund, 0))
            revenue = round(12 * self._mean(fund, *RATE_LINES.values())) if known else first
            budget[fund, "rate_revenue"] = revenue
            budget[fund, "other_revenue"] = self._cents(rates.other_revenue_usd.get(fund, 0))
            budget[fund, "interest_income"] = round(self._cash[fund] * rates.interest_percent / 100)
            for line, dollars in rates.operating_usd.get(fund, {}).items():
                budget[fund, line] = round(self._cents(dollars) * self._index(year))
            depreciation = rates.depreciation_usd.get(fund, 0)
            budget[fund, "depreciation"] = self._cents(depreciation * self._index(year))
            budget[fund, "pilot"] = round(revenue * rates.pilot_percent.get(fund, 0) / 100)
            budget[fund, "debt_service"] = sum(
                one["principal"] + one["interest"]
                for one in self._debt
                if one["fund"] == fund and self._fiscal_year(one["on"]) == year
            )
            budget[fund, "rate_funded_capital"] = sum(
                one["cents"]
                for one in self._projects(year)
                if (one["fund"], one["funding"]) == (fund, "rates")
            )
        fund = SERVICES[self._world.city.penalty_service or self._world.city.account_fund]
        budget[fund, "penalty_revenue"] = round(12 * self._mean(fund, "penalty_revenue"))
        return {key: cents for key, cents in budget.items() if cents}

    def _fiscal_year(self, on: int) -> int:
        return fiscal(month_of_day(on), self._world.city.fiscal_start_month)[0]

    # ---- Debt

    def _payments(self, issue: dict[str, Any]) -> list[dict[str, Any]]:
        """The payments of an issue: level by the year, principal with the later date of each year."""
        issued = month_of(issue["issued"])
        rate, years = issue["percent"] / 100, issue["years"]
        left = self._cents(issue["usd"])
        level = left * rate / (1 - (1 + rate) ** -years)
        early, late = sorted(issue["months"])
        first_year = issued // 12 + 1
        payments = []
        for number in range(years):
            half = round(left * rate / 2)
            principal = left if number == years - 1 else round(level - left * rate)
            for calendar, amount in ((early, 0), (late, principal)):
                on = first_day((first_year + number) * 12 + calendar - 1)
                row = {"issue": issue["issue"], "fund": issue["fund"], "lien": issue["lien"]}
                payments.append({**row, "issued": issued, "on": on, "principal": amount, "interest": half})
            left -= principal
        return payments

    def _reserve(self, fund: str, month: int) -> int:
        """Restricted cash: the dearest year of the debt that asks for a reserve."""
        by_year: dict[int, int] = defaultdict(int)
        for one in self._debt:
            if one["fund"] == fund and one["lien"] in _RESERVED_LIENS and one["issued"] <= month:
                by_year[self._fiscal_year(one["on"])] += one["principal"] + one["interest"]
        return round(max(by_year.values(), default=0) * self._rates.debt_reserve_share)

    # ---- Capital plan

    def _projects(self, year: int, known: int | None = None) -> list[dict[str, Any]]:
        """The projects of a fiscal year, as the plan of another year knows them."""
        known = year if known is None else known
        return [
            {**project, "year": year, "cents": self._cents(project["usd"] * self._index(year))}
            for project in self._rates.capital
            if project["fund"] in self._funds
            and project.get("from", year) <= year <= project.get("to", year)
            and project.get("known", known) <= known
        ]

    def _plan(self, year: int, first: int, period: int) -> list[dict[str, Any]]:
        """The rows that a fiscal year's plan adds: ten years at first, then the tenth year of each."""
        if not self._is_first and period != 1:
            return []
        last = year + self._rates.plan_years - 1
        rows = [project for ahead in range(first, last + 1) for project in self._projects(ahead, year)]
        if not self._is_first:  # what has become known since, and lies nearer
            for ahead in range(year, last):
                rows += [one for one in self._projects(ahead, year) if one.get("known") == year]
        return rows

    # ---- Tables

    def _ledger(self, amounts: Amounts, year: int, period: int, scenario: str) -> pa.Table:
        """Rows of `ledger_balances`."""
        count = len(amounts)
        return pa.table(
            {
                "fund": col.texts([fund for fund, _ in amounts]),
                "fiscal_year": col.integers(np.full(count, year)),
                "period": col.integers(np.full(count, period)),
                "line": col.texts([line for _, line in amounts]),
                "scenario": col.constant(scenario, count),
                "amount": col.money(np.array(list(amounts.values()), np.int64)),
            }
        )

    def _cash_table(self, month: int) -> pa.Table:
        """Rows of `cash_balances`."""
        return pa.table(
            {
                "fund": col.texts(self._funds),
                "as_of": col.dates(np.full(len(self._funds), last_day(month))),
                "unrestricted": col.money(np.array([self._cash[fund] for fund in self._funds], np.int64)),
                "restricted": col.money(
                    np.array([self._reserve(fund, month) for fund in self._funds], np.int64)
                ),
            }
        )

    def _debt_table(self, payments: list[dict[str, Any]], year: int) -> pa.Table:
        """Rows of `debt_service`, from this fiscal year on."""
        ahead = [one for one in payments if self._fiscal_year(one["on"]) >= year]
        return pa.table(
            {
                "issue_id": col.texts([one["issue"] for one in ahead]),
                "fund": col.texts([one["fund"] for one in ahead]),
                "lien": col.texts([one["lien"] for one in ahead]),
                "payment_on": col.dates(np.array([one["on"] for one in ahead], np.int64)),
                "principal": col.money(np.array([one["principal"] for one in ahead], np.int64)),
                "interest": col.money(np.array([one["interest"] for one in ahead], np.int64)),
            }
        )

    def _plan_table(self, projects: list[dict[str, Any]]) -> pa.Table:
        """Rows of `capital_plan`."""
        return pa.table(
            {
                "project_id": col.texts([one["project"] for one in projects]),
                "title": col.texts([one["title"] for one in projects]),
                "fund": col.texts([one["fund"] for one in projects]),
                "fiscal_year": col.integers(np.array([one["year"] for one in projects])),
                "amount": col.money(np.array([one["cents"] for one in projects], np.int64)),
                "funding": col.texts([one["funding"] for one in projects]),
            }
        )
