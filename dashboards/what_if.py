"""What would be if an assumption were another: changes, assumptions with them, the program's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from dashboards import data
from dashboards.components import Page

GIVEN = {
    "utility_id": pl.String,
    "scenario": pl.String,
    "fund": pl.String,
    "fiscal_year": pl.Int32,
    "assumption_name": pl.String,
    "assumption_value": pl.Decimal(18, 6),
    "origin": pl.String,
}
PATHS = {
    "utility_id": pl.String,
    "scenario": pl.String,
    "fund": pl.String,
    "path": pl.String,
    "fiscal_year": pl.Int32,
    "adjustment_percent": pl.Decimal(18, 6),
    "effective_month": pl.Int32,
}
STEPS = {
    "given_lines": data.Asked("what_if_lines", {}),
    "given_tests": data.Asked("what_if_tests", {}),
    "given_answers": data.Asked("what_if_answers", {}),
    "given_flows": data.Asked("what_if_cash_flow", {}),
}
ADJUSTMENT, MONTH, CAP = "rate_adjustment_percent", "rate_effective_month", "rate_cap_percent"
SHOCK, WAIVER = "usage_shock_percent", "waiver_extension_usd"
INFLATION = "inflation_percent."


@dataclass(frozen=True)
class Changes:
    """What is set otherwise than a scenario has it.

    Attributes:
        every_year: assumption to the value that it has in every year whose books are not closed.
        by_year: assumption to fiscal year and value; other years stay, but adjustments of rates: where one is
            set, they are these and no others.
        inflation_points: added to the inflation of every line, percent points a year.
    """

    every_year: Mapping[str, Decimal] = field(default_factory=dict)
    by_year: Mapping[str, Mapping[int, Decimal]] = field(default_factory=dict)
    inflation_points: Decimal = Decimal(0)

    @property
    def is_none(self) -> bool:
        """Whether everything stays."""
        return not self.every_year and not self.by_year and not self.inflation_points


@dataclass(frozen=True)
class Outcome:
    """What the program answers.

    Attributes:
        answers: shaped as `rpt_sufficiency_answers`.
        tests: shaped as `rpt_sufficiency`.
        flows: shaped as `rpt_cash_flow`.
    """

    answers: pl.DataFrame
    tests: pl.DataFrame
    flows: pl.DataFrame


def assumptions(page: Page, fund: str, plan: str) -> pl.DataFrame:
    """What a scenario assumes of a fund, as the program takes it."""
    rows = page.ask("finance_assumptions", utility=page.utility_id, fund=fund, plan=plan)
    return rows.select(list(GIVEN)).cast(GIVEN)


def changed(given: pl.DataFrame, open_years: list[int], changes: Changes) -> pl.DataFrame:
    """The assumptions with the changes; without any they are returned as they are."""
    values = {
        (row["fiscal_year"], row["assumption_name"]): (row["assumption_value"], row["origin"])
        for row in given.iter_rows(named=True)
    }
    set_here: dict[tuple[int, str], Decimal] = {}
    for year in open_years:
        for name, value in changes.every_year.items():
            set_here[year, name] = value
        if changes.inflation_points:
            for name in {name for at, name in values if at == year and name.startswith(INFLATION)}:
                set_here[year, name] = (
                    set_here.get((year, name), values[year, name][0]) + changes.inflation_points
                )
        for name, by_year in changes.by_year.items():
            if name == ADJUSTMENT:
                set_here[year, name] = by_year.get(year, Decimal(0))
            elif year in by_year:
                set_here[year, name] = by_year[year]
    values |= {key: (value, "changed") for key, value in set_here.items()}
    whose = given.row(0, named=True)
    rows = [
        {**{key: whose[key] for key in ("utility_id", "scenario", "fund")}, "fiscal_year": year,
         "assumption_name": name, "assumption_value": value, "origin": origin}
        for (year, name), (value, origin) in values.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=GIVEN)


def outcome(page: Page, given: pl.DataFrame) -> Outcome:
    """The answers under given assumptions, from the same program as the marts, in one go."""
    tables = {"given_assumptions": given, "given_paths": pl.DataFrame(schema=PATHS)}
    found = data.ask_in_steps(page.build, tables, STEPS)
    return Outcome(found["given_answers"], found["given_tests"], found["given_flows"])
