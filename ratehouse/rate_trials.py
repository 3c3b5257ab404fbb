"""What the required tests of a fund say of candidate rate paths, asked of the build's own SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import duckdb
import polars as pl

ZERO = Decimal(0)
Adjustments = dict[int, Decimal]


class Fund(NamedTuple):
    """One fund of one utility under one scenario."""

    utility_id: str
    scenario: str
    fund: str


@dataclass(frozen=True)
class Slot:
    """A fiscal year in which rates may move: from this month of it on, by at most so many percent."""

    fiscal_year: int
    effective_month: int
    cap_percent: Decimal
    use_answers: float  # elasticity times the volumetric share

    def level(self, percent: Decimal) -> float:
        """Revenue of a full year after an adjustment, to what it was before."""
        price = float(percent) / 100
        return (1 + price) * (1 + self.use_answers * price)


class Margin(NamedTuple):
    """How far a required test is from failing in a year: 0 or more passes."""

    fiscal_year: int
    test_id: str
    margin: float


PREPARED = {  # what does not depend on the path is computed once
    "trial_drivers": "finance_drivers_of('trial_assumptions')",
    "trial_costs": "finance_costs_of('trial_assumptions', 'trial_drivers')",
    "trial_existing": "finance_existing_rates_of('trial_drivers')",
}
TRIED = ("trial_assumptions", *PREPARED, "trial_paths", "trial_lines")


class Trials:
    """What the tests say of candidate paths, many funds and candidates at once."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, assumptions: str) -> None:
        self._cursor = cursor
        self._given = assumptions
        self.ceilings: dict[Fund, frozenset[str]] = {}

    def __enter__(self) -> Trials:
        # Years long past do not change what is to come; growth since the test year does.
        self._cursor.execute(f"""
            CREATE OR REPLACE TEMP TABLE trial_assumptions AS
            SELECT given.* FROM {self._given} AS given
            INNER JOIN intermediate.int_finance__fund_years AS years USING (utility_id, fund, fiscal_year)
            LEFT JOIN intermediate.int_finance__existing_revenue AS tested USING (utility_id, fund)
            WHERE given.fiscal_year >= least(years.first_open_year - 1, coalesce(tested.test_year, 9999))
        """)
        for table, made in PREPARED.items():
            self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM marts.{made}")
        return self

    def __exit__(self, *_: object) -> None:
        for table in TRIED:
            self._cursor.execute(f"DROP TABLE IF EXISTS {table}")

    def margins(
        self,
        asked: Mapping[tuple[Fund, str], tuple[tuple[Slot, ...], Adjustments]],
        *,
        with_ceilings: bool = False,
    ) -> tuple[dict[tuple[Fund, str], list[Margin]], dict[Fund, set[str]]]:
        """The margins of every required test of the years from the first slot on; and the tests without one.

        Args:
            asked: by fund and name of the candidate, its slots and percentages.
            with_ceilings: those too that more revenue breaks.
        """
        if not asked:  # no fund has a year in which rates may move
            return {}, defaultdict(set)
        rows = [
            {**one._asdict(), "path": name, "fiscal_year": slot.fiscal_year,
             "adjustment_percent": percents.get(slot.fiscal_year, ZERO),
             "effective_month": slot.effective_month}
            for (one, name), (slots, percents) in asked.items()
            for slot in slots
        ]  # fmt: skip
        first = {one: slots[0].fiscal_year for (one, _), (slots, _) in asked.items()}
        given = pl.DataFrame(rows, schema_overrides={"adjustment_percent": pl.Decimal(18, 6)}).to_arrow()
        self._cursor.register("trial_rows", given)
        self._cursor.execute("""
            CREATE OR REPLACE TEMP TABLE trial_paths AS
            SELECT utility_id, scenario, fund, path, CAST(fiscal_year AS INTEGER) AS fiscal_year,
                CAST(adjustment_percent AS DECIMAL(18, 6)) AS adjustment_percent,
                CAST(effective_month AS INTEGER) AS effective_month
            FROM trial_rows
        """)
        self._cursor.unregister("trial_rows")
        self._cursor.execute("""
            CREATE OR REPLACE TEMP TABLE trial_lines AS
            FROM marts.finance_path_lines_of('trial_drivers', 'trial_costs', 'trial_existing', 'trial_paths')
        """)
        answered = self._cursor.execute("""
            SELECT utility_id, scenario, fund, path, fiscal_year, test_id, result, margin
            FROM marts.sufficiency_of('trial_assumptions', 'trial_lines')
            WHERE is_required
            ORDER BY ALL
        """).fetchall()
        margins: dict[tuple[Fund, str], list[Margin]] = {key: [] for key in asked}
        unknown: dict[Fund, set[str]] = defaultdict(set)
        for utility, scenario, fund, path, year, test_id, result, margin in answered:
            one = Fund(utility, scenario, fund)
            if (one, path) not in margins or year < first[one] or result == "not_applicable":
                continue
            if result == "unknown":
                unknown[one].add(test_id)
            elif with_ceilings or test_id not in self.ceilings.get(one, ()):
                margins[one, path].append(Margin(year, test_id, float(margin)))
        return margins, unknown

    def without_ceilings(self, fund: Fund, none: list[Margin], cap: list[Margin]) -> list[Margin]:
        """The margins at the cap without the tests that more revenue breaks: the search leaves those out.

        Args:
            fund: whose.
            none: the margins with rates as they are.
            cap: with every year at its cap.
        """
        falling = {low.test_id for low, high in zip(none, cap, strict=True) if high.margin < low.margin}
        self.ceilings[fund] = frozenset(falling) | self.ceilings.get(fund, frozenset())
        return [each for each in cap if each.test_id not in self.ceilings[fund]]
