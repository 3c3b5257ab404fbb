"""A city of tariffs and policy without a bill: all that typical bills, affordability and neighbours need."""

from __future__ import annotations

from datetime import date

import duckdb

from ingest.policy_checks import read_policy
from ingest.policy_rows import policy_rows
from ratehouse.workspace import PROJECT_ROOT
from tests.support.models import warehouse_on_rows

Rows = dict[str, list[dict]]
TARGETS = ("rpt_typical_bills", "rpt_affordability", "rpt_peer_bills")
FACTS = {
    "median_income_usd": "50000",
    "lowest_quintile_income_usd": "20000",
    "essential_costs_usd": "12000",
    "minimum_wage_usd": "13.75",
    "below_twice_poverty_percent": "30",
}


def delivered(rows: Rows, utility: str, day: date) -> Rows:
    """The rows with a delivery of that day, which is the as-of date where nothing is posted."""
    load = {
        "utility_id": utility, "load_id": 1, "entity": "bills", "source_file": "bills.csv",
        "status": "loaded", "origin": "simulated", "delivered_on": day,
    }  # fmt: skip
    return {**rows, "loads": [*rows.get("loads", []), load]}


def committed(utility: str, day: date) -> Rows:
    """The policy of a city of this project, as of a day."""
    policy, problems = read_policy(PROJECT_ROOT / "data" / "utilities" / utility)
    assert not problems
    rows = {
        table: [{**row, "utility_id": utility} for row in table_rows]
        for table, table_rows in policy_rows(policy).items()
    }
    return delivered(rows, utility, day)


class Town:
    """A city whose prices, home and facts are written by hand."""

    def __init__(self, day: date = date(2025, 6, 30), start_month: int = 7) -> None:
        self.day = day
        self.rows: Rows = {}
        self._add(
            "utilities", name="Town", state="MO", fiscal_year_start_month=start_month, account_fund="water"
        )

    def _add(self, table: str, **values: object) -> None:
        row = {"utility_id": "town", "source": "a test", "is_assumed": False, **values}
        self.rows.setdefault(f"policy_{table}", []).append(row)

    def service(self, service: str, fund: str | None = None) -> None:
        self._add("services", service=service, title=service, fund=fund or service, sort=1)

    def rule(self, name: str, value: str) -> None:
        self._add("rules", rule=name, value=value, effective_from=date(2000, 1, 1))

    def price(self, service: str, day: date, component: str, rate: str, **more: object) -> None:
        """A price of homes, of a month unless it says more."""
        self._add("tariff_components", **{
            "service": service, "effective_from": day, "effective_on": "bill",
            "customer_class": "residential", "component": component, "kind": "fixed", "unit": "month",
            "rate_usd": rate, "rounding": "half_up_cents_per_line", **more,
        })  # fmt: skip

    def flat(self, service: str, amounts: dict[date, str], usage: str = "6") -> None:
        """A service that costs so much a month from each day on, whatever is used, and its home."""
        self.service(service)
        for day, amount in amounts.items():
            self.price(service, day, "base", amount)
            self.price(service, day, "volume", "0", kind="blocks", unit="ccf", block=1, basis="actual")
        self.home(service, usage)

    def home(
        self, service: str, usage: str, *, is_typical: bool = True, unit: str = "ccf", **more: object
    ) -> None:
        self._add("homes", **{
            "service": service, "tariff_class": "residential", "usage": usage, "unit": unit,
            "is_typical": is_typical, **more,
        })  # fmt: skip

    def peer(self, service: str, usage: str, unit: str, amount: str, **more: object) -> None:
        self._add("peers", **{
            "peer": "next_door", "title": "Next door", "service": service, "customer_class": "residential",
            "usage": usage, "unit": unit, "amount_usd": amount, "year": 2024, **more,
        })  # fmt: skip

    def facts(self, year: int = 2025, **values: str | None) -> None:
        """What households live on; None leaves a fact out."""
        for name, value in (FACTS | values).items():
            if value is not None:
                self._add("households", measure=name, year=year, value=value)

    def assume(self, name: str, years: dict[int, str], scenario: str = "base", fund: str = "sewer") -> None:
        for year, value in years.items():
            self._add(
                "assumptions", scenario=scenario, fiscal_year=year, name=f"{fund}.{name}", value=value,
                owner="Finance", assumed_on=date(2025, 1, 1),
            )  # fmt: skip

    def warehouse(self, determinants: list[dict] | None = None) -> duckdb.DuckDBPyConnection:
        given = [{"utility_id": "town", **row} for row in determinants or []]
        rows = delivered(self.rows, "town", self.day)
        return warehouse_on_rows({"int_billing__determinant_counts": given}, TARGETS, rows)


def warehouse_of(rows: Rows) -> duckdb.DuckDBPyConnection:
    return warehouse_on_rows({"int_billing__determinant_counts": []}, TARGETS, rows)
