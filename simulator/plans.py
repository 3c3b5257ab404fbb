"""What the funds have planned: the debt that they pay, the capital plan, and prices by fiscal year."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa

from simulator import columns as col
from simulator.calendars import first_day, month_of, month_of_day
from simulator.chart import fiscal
from simulator.world import World

_RESERVED_LIENS = ("senior", "srf")


class Plans:
    """Debt and capital plan of one run, in cents of the simulated city."""

    def __init__(self, world: World, funds: list[str]) -> None:
        """Scale what the settings say of the real city.

        Args:
            world: the run.
            funds: names of the funds that the city bills.
        """
        self._rates = world.rates.finance
        self._fiscal_start = world.city.fiscal_start_month
        self._funds = funds
        self._scale = world.people.premises.count / self._rates.real_accounts
        self.debt = [
            payment
            for issue in self._rates.debt
            if issue["fund"] in funds
            for payment in self._payments(issue)
        ]

    def cents(self, dollars: float) -> int:
        """Dollars of the real city as cents of the simulated one."""
        return round(dollars * 100 * self._scale)

    def index(self, year: int) -> float:
        """What prices of a fiscal year are to those of the base year."""
        return (1 + self._rates.yearly_increase) ** (year - self._rates.base_year)

    def fiscal_year(self, on: int) -> int:
        """The fiscal year that a day falls in."""
        return fiscal(month_of_day(on), self._fiscal_start)[0]

    # ---- Debt

    def due(self, fund: str, first_month: int, months: int) -> int:
        """The debt service of a fund that falls due in some months."""
        return sum(
            one["principal"] + one["interest"]
            for one in self.debt
            if one["fund"] == fund and first_month <= month_of_day(one["on"]) < first_month + months
        )

    def _payments(self, issue: dict[str, Any]) -> list[dict[str, Any]]:
        """The payments of an issue: level by the year, principal with the later date of each year."""
        issued = month_of(issue["issued"])
        rate, years = issue["percent"] / 100, issue["years"]
        left = self.cents(issue["usd"])
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

    def reserve(self, fund: str, month: int) -> int:
        """Restricted cash: the dearest year of the debt that asks for a reserve and is not paid off."""
        unpaid = {one["issue"] for one in self.debt if month_of_day(one["on"]) > month}
        by_year: dict[int, int] = defaultdict(int)
        for one in self.debt:
            is_reserved = one["lien"] in _RESERVED_LIENS and one["issue"] in unpaid
            if one["fund"] == fund and is_reserved and one["issued"] <= month:
                by_year[self.fiscal_year(one["on"])] += one["principal"] + one["interest"]
        return round(max(by_year.values(), default=0) * self._rates.debt_reserve_share)

    # ---- Capital plan

    def projects(self, year: int, known: int | None = None) -> list[dict[str, Any]]:
        """The projects of a fiscal year, as the plan of another year knows them."""
        known = year if known is None else known
        return [
            {**project, "year": year, "cents": self.cents(project["usd"] * self.index(year))}
            for project in self._rates.capital
            if project["fund"] in self._funds
            and project.get("from", year) <= year <= project.get("to", year)
            and project.get("known", known) <= known
        ]

    def added(self, year: int, is_first: bool) -> list[dict[str, Any]]:
        """What a fiscal year adds to the plan: ten years at first, then the tenth year of each."""
        last = year + self._rates.plan_years - 1
        first = year if is_first else last
        added = [project for ahead in range(first, last + 1) for project in self.projects(ahead, year)]
        if not is_first:  # what has become known since, and lies nearer
            for ahead in range(year, last):
                added += [one for one in self.projects(ahead, year) if one.get("known") == year]
        return added

    def debt_table(self, payments: list[dict[str, Any]], year: int) -> pa.Table:
        """Rows of `debt_service`, from a fiscal year on."""
        ahead = [one for one in payments if self.fiscal_year(one["on"]) >= year]
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

    def plan_table(self, projects: list[dict[str, Any]]) -> pa.Table:
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
