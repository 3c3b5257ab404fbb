"""What moves a fund's revenue, on top of its multi-year sheet: growth and adjustments of the rates."""

from __future__ import annotations

from reports.grid import Cell, Cells
from reports.rate_sheets import FundSheets


def lay_out(sheets: FundSheets) -> None:
    """Puts growth, adjustments and their levels on the sheet."""
    _Drivers(sheets).lay_out()


class _Drivers:
    def __init__(self, sheets: FundSheets) -> None:
        self.sheets, self.fund, self.sheet = sheets, sheets.fund, sheets.years
        self.growth: dict[int, float] = {}
        self.level: dict[int, float] = {}

    def lay_out(self) -> None:
        """Growth of use and accounts, and each year's adjustment: price, answer of use, part of the year."""
        sheet, facts = self.sheet, self.fund.facts
        sheet.head("What moves the revenue")
        if facts["test_year"] is not None:
            tested = f"Bills of fiscal year {facts['test_year']} at the rates in force, a normal year"
            place = max(facts["test_year"], self.sheets.table_years[0])
            sheet.add("tested", tested, lambda year: Cell(facts["existing_usd"]) if year == place else None)
        sheet.add(
            "growth",
            "Growth of accounts and use since the first year",
            self._growth,
            look="factor",
            is_figure=False,
        )
        sheet.add("shock", "Less or more use in this year only", self._shock, look="factor", is_figure=False)
        adjustments = "Adjustment of rates, percent"
        sheet.add("adjustment", adjustments, self._assumed("rate_adjustment_percent"), look="percent")
        month = "From this month of the fiscal year on"
        sheet.add("month", month, self._assumed("rate_effective_month"), look="month")
        sheet.add(
            "weight",
            "Share of the year's bills that it reaches",
            self._weight,
            look="factor",
            is_figure=False,
        )
        factor = "Revenue for each dollar before it, in a whole year"
        sheet.add("factor", factor, self._factor, look="factor", is_figure=False)
        sheet.add("level", "All adjustments so far", self._level, look="factor", is_figure=False)

    def _assumed(self, name: str) -> Cells:
        def cells(year: int) -> Cell | None:
            if not self.fund.is_open(year):
                return None
            return Cell(self.fund.assumed[name, year], self.sheets.assumed(name, year, self.sheet))

        return cells

    def _growth(self, year: int) -> Cell | None:
        if year not in self.fund.kinds:
            return None
        names = ("growth_percent", "usage_growth_percent", "volumetric_share_percent")
        growth, usage, share = (self.sheets.rate(name, year) for name in names)
        cells = [self.sheets.assumed(name, year, self.sheet) for name in names]
        formula = f"(1+{cells[0]}/100)*(1+{cells[1]}*{cells[2]}/10000)"
        before = self.growth.get(year - 1)
        self.growth[year] = (
            (1.0 if before is None else before) * (1 + growth / 100) * (1 + usage * share / 10000)
        )
        at = "" if before is None else f"{self.sheet.at('growth', year - 1, self.sheet)}*"
        return Cell(self.growth[year], at + formula)

    def _shock(self, year: int) -> Cell | None:
        if not self.fund.is_open(year):
            return None
        names = ("usage_shock_percent", "volumetric_share_percent")
        cells = [self.sheets.assumed(name, year, self.sheet) for name in names]
        value = self.sheets.rate(names[0], year) * self.sheets.rate(names[1], year) / 10000
        return Cell(value, f"{cells[0]}*{cells[1]}/10000")

    def _weight(self, year: int) -> Cell | None:
        if not self.fund.is_open(year):
            return None
        month = int(self.fund.assumed["rate_effective_month", year])
        # The months stand in the first twelve columns of years.
        months = self.sheets.assumptions.span(
            f"{self.fund.fund}|weights",
            self.sheets.assumptions.first_year,
            self.sheets.assumptions.first_year + 11,
            self.sheet,
        )
        return Cell(self.fund.weight(month), f"INDEX({months},{self.sheet.at('month', year, self.sheet)})")

    def _factor(self, year: int) -> Cell | None:
        if not self.fund.is_open(year):
            return None
        rise = self.sheets.rate("rate_adjustment_percent", year) / 100
        answer = (
            self.sheets.rate("elasticity", year) * self.sheets.rate("volumetric_share_percent", year) / 100
        )
        elasticity, share = (
            self.sheets.assumed(name, year, self.sheet) for name in ("elasticity", "volumetric_share_percent")
        )
        percent = f"{self.sheet.at('adjustment', year, self.sheet)}/100"
        formula = f"(1+{percent})*(1+{elasticity}*{share}/100*{percent})"
        return Cell((1 + rise) * (1 + answer * rise), formula)

    def _level(self, year: int) -> Cell | None:
        if not self.fund.is_open(year):
            return None
        factor = self._factor(year)
        before = self.level.get(year - 1)
        self.level[year] = (1.0 if before is None else before) * float(factor.value)
        at = "" if before is None else f"{self.sheet.at('level', year - 1, self.sheet)}*"
        return Cell(self.level[year], f"{at}{self.sheet.at('factor', year, self.sheet)}")
