"""The sheets of one fund, and what their formulas have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from reports.grid import Cell, Cells, Sheet
from reports.rate_study import ADOPTED, Fact, Fund

# Where a line's figure is the city's own; else it is carried forward or computed.
GIVEN = ("actual", "budget", "projection")
CARRIED = (
    "other_operating_revenue",
    "non_operating_revenue",
    "operating_expense",
    "depreciation",
    "transfer",
    "debt_service",
    "rate_funded_capital",
)
GENERAL = {"operating_expense": "other", "depreciation": "other", "rate_funded_capital": "capital"}


@dataclass(frozen=True)
class Line:
    """A row of the multi-year sheet that tests may count.

    Attributes:
        key: category and line.
        title: in words.
        category: of the chart, or of what the projection adds.
        line: its code.
        is_pledged: to debt, by the chart.
        lien: of debt.
    """

    key: str
    title: str
    category: str
    line: str
    is_pledged: bool
    lien: str | None


class FundSheets:
    """The sheets of a fund; `assumptions` is that of all funds."""

    def __init__(
        self, fund: Fund, assumptions: Sheet, capital: Sheet, years: Sheet, tests: Sheet, requirement: Sheet
    ) -> None:
        self.fund = fund
        self.assumptions, self.capital = assumptions, capital
        self.years, self.tests, self.requirement = years, tests, requirement
        self.table_years = sorted(fund.kinds)
        self.open_years = [year for year in self.table_years if fund.is_open(year)]
        self.lines: dict[str, Line] = {}

    def assumed(self, name: str, year: int, seen_from: Sheet) -> str:
        """The cell of an assumption."""
        return self.assumptions.at(f"{self.fund.fund}|{name}", year, seen_from)

    def rate(self, name: str, year: int) -> float:
        """The value of an assumption."""
        return float(self.fund.assumed[name, year])

    def row(self, key: str, year: int, path: str = ADOPTED) -> Fact | None:
        """A line of a year."""
        return self.fund.lines.get((path, key, year))

    def usd(self, key: str, year: int, path: str = ADOPTED) -> Decimal:
        """Dollars of a line; nothing is 0."""
        return self.fund.amount(path, key, year) or Decimal(0)

    def is_given(self, key: str, year: int) -> bool:
        """Whether the city gives the figure."""
        row = self.row(key, year)
        return row is not None and row["origin"] in GIVEN

    def constant(self, key: str, year: int) -> Cell | None:
        """A figure as the city gives it."""
        amount = self.fund.amount(ADOPTED, key, year)
        return None if amount is None else Cell(amount)

    def last_given(self, key: str, year: int) -> int | None:
        """The last year before a year that the city gives the line for."""
        return max((y for y in self.table_years if y < year and self.is_given(key, y)), default=None)

    def carried_formula(self, key: str, year: int, sheet: Sheet, place: str) -> str | None:
        """The last figure given times what prices have risen since; None where there was none."""
        base = self.last_given(key, year)
        if base is None or not self.years.has(f"index|{key}"):
            return None
        return f"ROUND({sheet.at(place, base, sheet)}*{self.years.at(f'index|{key}', year, sheet)},2)"

    def cost_cells(self, key: str, sheet: Sheet, place: str) -> Cells:
        """A line that does not depend on the rates: as given, else carried forward."""

        def cells(year: int) -> Cell | None:
            row = self.row(key, year)
            if row is None or row["origin"] != "assumption" or row["category"] not in CARRIED:
                return self.constant(key, year)
            return Cell(row["amount_usd"], self.carried_formula(key, year, sheet, place))

        return cells

    def inflation(self, key: str, category: str, year: int) -> str | None:
        """The assumption by which a line's price rises: its own, its category's, the general one."""
        for inflated in (_line_of(key), category, GENERAL.get(category)):
            name = f"inflation_percent.{inflated}"
            if inflated and (name, year) in self.fund.assumed:
                return name
        return None

    def index_keys(self) -> list[tuple[str, str, str]]:
        """Lines that are carried forward in some year, with title and category of the books."""
        facts, found = self.fund.facts, {}
        for (path, key, _), row in self.fund.lines.items():
            if path != ADOPTED or row["origin"] not in GIVEN or row["category"] not in CARRIED:
                continue
            if row["line"] == facts["interest_line"]:
                continue
            is_pilot = row["line"] == facts["pilot_line"]
            found[key] = (row["title"], facts["pilot_chart_category"] if is_pilot else row["category"])
        carried = {
            key
            for (path, key, _), row in self.fund.lines.items()
            if path == ADOPTED and row["origin"] == "assumption"
        }
        # A payment in lieu of taxes that is a percent is carried forward once the percent is taken away.
        return sorted(
            (key, *found[key]) for key in found if key in carried or _line_of(key) == facts["pilot_line"]
        )

    def index_cells(self, key: str, category: str) -> Cells:
        """What prices of a line have risen since the last year given."""
        values: dict[int, float] = {}

        def cells(year: int) -> Cell | None:
            if year not in self.fund.kinds:
                return None
            if self.is_given(key, year) or year - 1 not in values:
                values.pop(year, None)
                if self.is_given(key, year):
                    values[year] = 1.0
                    return Cell(1)
                return None
            before = self.years.at(f"index|{key}", year - 1, self.years)
            name = self.inflation(key, category, year)
            rise = self.rate(name, year) if name else 0.0
            values[year] = values[year - 1] * (1 + rise / 100)
            formula = f"{before}*(1+{self.assumed(name, year, self.years)}/100)" if name else before
            return Cell(values[year], formula)

        return cells


class AnswerRows:
    """Rows of the sheet of the requirement whose figures are those of the answers."""

    def __init__(self, sheets: FundSheets) -> None:
        self.sheets, self.fund, self.sheet = sheets, sheets.fund, sheets.requirement

    def at(self, key: str, year: int) -> str:
        """A cell of this sheet."""
        return self.sheet.at(key, year, self.sheet)

    def add(
        self,
        key: str,
        title: str,
        formula: Callable[[int], str],
        value: Callable[[Fact, int], object],
        *,
        look: str = "usd",
        is_total: bool = False,
        is_figure: bool = True,
        unit: str = "",
    ) -> None:
        """A row whose figure is that of the answers."""

        def cells(year: int) -> Cell | None:
            answer = self.fund.answers.get(year)
            return Cell(value(answer, year), formula(year)) if answer else None

        self.sheet.add(key, title, cells, look=look, is_total=is_total, is_figure=is_figure, unit=unit)


def _line_of(key: str) -> str:
    return key.split(":", 1)[1]
