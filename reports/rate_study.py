"""What the workbook of a utility's rates rests on, from the published build, for one scenario.

All figures come from the functions that make the marts, asked with the scenario's assumptions; with other
values of these they answer what would be.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dashboards import formats
from ratehouse.errors import UsageError
from ratehouse.warehouse import fetch, reading

QUERIES = Path(__file__).parent / "queries"
EXISTING, ADOPTED = "existing_rates", "adopted"
ASSUMED = """
    CREATE OR REPLACE TEMP TABLE a AS
    SELECT * FROM intermediate.int_finance__assumptions WHERE utility_id = $utility AND scenario = $scenario
"""
CHANGED = """
    UPDATE a SET assumption_value = $value
    WHERE fund = $fund AND assumption_name = $name AND fiscal_year = $year
"""
COMPUTED = (
    "CREATE OR REPLACE TEMP TABLE p AS FROM intermediate.int_finance__paths LIMIT 0",
    "CREATE OR REPLACE TEMP TABLE l AS FROM marts.finance_lines_of('a', 'p')",
    "CREATE OR REPLACE TEMP TABLE t AS FROM marts.sufficiency_of('a', 'l')",
    "CREATE OR REPLACE TEMP TABLE s AS FROM marts.sufficiency_answers_of('a', 'l', 't')",
    "CREATE OR REPLACE TEMP TABLE f AS FROM marts.cash_flow_of('a', 'p', 'l', 't')",
)
Fact = dict[str, Any]
Ask = Callable[[str], list[Fact]]
# Other values of assumptions, by fund, name and fiscal year.
Changes = Mapping[tuple[str, str, int], Decimal]


@dataclass
class Fund:
    """A fund's years, by what a sheet asks for.

    Attributes:
        fund: its code.
        facts: lines that the policy names, and what the bills of the test year come to.
        kinds: what each fiscal year is: actual, budget or projection.
        assumed: values by name and year.
        assumptions: rows by name, with who said so.
        lines: rows by path, category and line, and year; debt to its last payment.
        rows: the multi-year table by path, line and year.
        results: of the tests, by path, test and year.
        answers: by year.
        tests: as the city wrote them, in order.
        terms: of the tests, by test.
        plan: the capital plan.
        weights: by month of the fiscal year; none where no bills are loaded.
        given: what the books give of rates and balances, by year.
    """

    fund: str
    facts: Fact
    kinds: dict[int, str] = field(default_factory=dict)
    assumed: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    assumptions: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[tuple[str, str, int], Fact] = field(default_factory=dict)
    rows: dict[tuple[str, str, int], Fact] = field(default_factory=dict)
    results: dict[tuple[str, str, int], Fact] = field(default_factory=dict)
    answers: dict[int, Fact] = field(default_factory=dict)
    tests: list[Fact] = field(default_factory=list)
    terms: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    plan: list[Fact] = field(default_factory=list)
    weights: dict[int, Decimal] = field(default_factory=dict)
    given: dict[tuple[str, int], Decimal] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As sheets say it."""
        return self.fund.replace("_", " ").capitalize()

    @property
    def first_open_year(self) -> int:
        """The first fiscal year without a whole year of books."""
        return min((year for year, kind in self.kinds.items() if kind != "actual"), default=9999)

    @property
    def last_year(self) -> int:
        """The last one of the table."""
        return max(self.kinds)

    def is_open(self, year: int) -> bool:
        """Whether the books of a year of the table are not all there."""
        return self.kinds.get(year, "actual") != "actual"

    def amount(self, path: str, key: str, year: int) -> Decimal | None:
        """Dollars of a line; None where there is none."""
        row = self.lines.get((path, key, year))
        return row["amount_usd"] if row else None

    def row_usd(self, path: str, line: str, year: int) -> Decimal:
        """Dollars of a row of the multi-year table."""
        row = self.rows.get((path, line, year))
        return row["amount_usd"] if row else Decimal(0)

    def weight(self, month: int) -> float:
        """The share of a year's billed revenue that a change from a month on reaches."""
        return float(self.weights.get(month, 0)) if self.weights else (13 - month) / 12


@dataclass(frozen=True)
class Study:
    """A utility's rates in one scenario.

    Attributes:
        utility_id: whose they are.
        name: as pages print it.
        fiscal_year: the year that is asked about.
        scenario: the set of assumptions.
        scenario_title: in words.
        as_of: the day that the build stands on.
        build_id: the build.
        built_at: when it was made.
        audit: what its audit said, in words.
        mark: the sentence that simulated data carries; None for a city's own.
        funds: in order.
        aging_on: the month's end that the aging stands on: the fiscal year's, or the last one known.
        aging: by service.
    """

    utility_id: str
    name: str
    fiscal_year: int
    scenario: str
    scenario_title: str
    as_of: date
    build_id: str
    built_at: datetime
    audit: str
    mark: str | None
    funds: tuple[Fund, ...]
    aging_on: date | None
    aging: tuple[Fact, ...]

    @property
    def stem(self) -> str:
        """The name of its file, without ending."""
        return f"workbook-{self.fiscal_year}-{self.scenario}-{self.build_id}"

    @property
    def foot(self) -> str:
        """What stands below every sheet."""
        return f"Build {self.build_id}, as of {formats.day(self.as_of)}, audit {self.audit}"

    @property
    def first_year(self) -> int:
        """The first fiscal year of any fund."""
        return min(min(fund.kinds) for fund in self.funds)

    @property
    def last_year(self) -> int:
        """The last one."""
        return max(fund.last_year for fund in self.funds)


def study(
    database: Path, utility_id: str, fiscal_year: int, scenario: str = "base", changes: Changes | None = None
) -> Study:
    """What the workbook rests on.

    Args:
        database: the build.
        utility_id: whose rates.
        fiscal_year: the year that is asked about.
        scenario: the set of assumptions.
        changes: other values than the scenario's.

    Raises:
        UsageError: the build does not hold the utility, the year or the scenario.
    """
    with reading(database) as connection:
        known: dict[str, object] = {"utility": utility_id, "scenario": scenario}

        def ask(question: str) -> list[Fact]:
            sql = (QUERIES / f"{question}.sql").read_text(encoding="utf-8")
            asked = {name: known[name] for name in set(re.findall(r"\$(\w+)", sql))}
            return fetch(connection, sql, asked).to_dicts()

        found = ask("header")
        if not found:
            names = ", ".join(row["utility_id"] for row in ask("utilities"))
            raise UsageError(f"The build has nothing of {utility_id}. It has: {names}.")
        years = ask("workbook_years")
        title = _checked(utility_id, years, ask("workbook_scenarios"), fiscal_year, scenario)
        _compute(connection, known, changes or {})
        header = found[0]
        ends_on = max(row["ends_on"] for row in years if row["fiscal_year"] == fiscal_year)
        month_ends = ask("workbook_month_ends")
        before = [row["month_end_on"] for row in month_ends if row["month_end_on"] <= ends_on]
        known["month_end"] = max(before, default=None)
        return Study(
            utility_id=utility_id,
            name=header["utility_name"],
            fiscal_year=fiscal_year,
            scenario=scenario,
            scenario_title=title,
            as_of=header["as_of_on"],
            build_id=header["build_id"],
            built_at=header["built_at"],
            audit=header["audit_mark"],
            mark=header["data_mark"],
            funds=_funds(ask, years, changes or {}),
            aging_on=known["month_end"],
            aging=tuple(row for row in ask("aging") if row["customer_class"] == "all") if before else (),
        )


def _checked(
    utility_id: str, years: list[Fact], scenarios: list[Fact], fiscal_year: int, scenario: str
) -> str:
    """The title of the scenario, where the build has it and the year."""
    if not years:
        raise UsageError(
            f"The build has no books of {utility_id}: load ledger_balances and chart_of_lines first."
        )
    first, last = (end(row["fiscal_year"] for row in years) for end in (min, max))
    if not first <= fiscal_year <= last:
        raise UsageError(
            f"--fiscal-year {fiscal_year}: the multi-year table of {utility_id} has {first} to {last}."
        )
    titles = {row["scenario"]: row["title"] for row in scenarios}
    if scenario not in titles:
        raise UsageError(f"--scenario {scenario}: is none of {utility_id}. It has: {', '.join(titles)}.")
    return titles[scenario]


def _compute(connection: duckdb.DuckDBPyConnection, known: dict[str, object], changes: Changes) -> None:
    """The figures of the marts with other assumptions, as temporary tables."""
    connection.execute(ASSUMED, known)
    for (fund, name, year), value in changes.items():
        connection.execute(CHANGED, {"fund": fund, "name": name, "year": year, "value": value})
    for statement in COMPUTED:
        connection.execute(statement)


def _funds(ask: Ask, years: list[Fact], changes: Changes) -> tuple[Fund, ...]:
    """The funds with all that is known of them."""
    funds = {row["fund"]: Fund(row["fund"], row) for row in ask("workbook_facts")}
    for row in years:
        funds[row["fund"]].kinds[row["fiscal_year"]] = row["year_kind"]
    for row in ask("workbook_assumptions"):
        name, year = row["assumption_name"], row["fiscal_year"]
        row["assumption_value"] = changes.get((row["fund"], name, year), row["assumption_value"])
        funds[row["fund"]].assumptions[name].append(row)
        funds[row["fund"]].assumed[name, year] = row["assumption_value"]
    _figures(ask, funds)
    for question, put in (
        ("workbook_tests", lambda fund, row: fund.tests.append(row)),
        ("workbook_terms", lambda fund, row: fund.terms[row["test_id"]].append(row)),
        ("workbook_plan", lambda fund, row: fund.plan.append(row)),
        ("workbook_weights", lambda fund, row: fund.weights.update({row["effective_month"]: row["weight"]})),
        (
            "workbook_given",
            lambda fund, row: fund.given.update({(row["what"], row["year"]): row["amount_usd"]}),
        ),
    ):
        for row in ask(question):
            # Tests and plans may name a fund that has no books.
            if row["fund"] in funds:
                put(funds[row["fund"]], row)
    return tuple(funds.values())


def _figures(ask: Ask, funds: dict[str, Fund]) -> None:
    """Lines, rows of the table, results and answers."""
    for row in ask("workbook_lines"):
        key = (row["path"], f"{row['category']}:{row['line']}", row["fiscal_year"])
        funds[row["fund"]].lines[key] = row
    for row in ask("workbook_rows"):
        funds[row["fund"]].rows[row["path"], row["line"], row["fiscal_year"]] = row
    for row in ask("workbook_results"):
        funds[row["fund"]].results[row["path"], row["test_id"], row["fiscal_year"]] = row
    for row in ask("workbook_answers"):
        funds[row["fund"]].answers[row["fiscal_year"]] = row
