"""The multi-year sheet of a fund: what it has, receives, pays and keeps.

First with the adjustments assumed, below that with rates as they are.
"""

from __future__ import annotations

from decimal import Decimal

from reports import rate_drivers
from reports.grid import Cell, Cells
from reports.rate_sheets import CARRIED, FundSheets, Line
from reports.rate_study import ADOPTED, EXISTING

HEADINGS = {
    ADOPTED: "With the rate adjustments assumed",
    EXISTING: "With rates as they are: no adjustment after the books",
}
RATES, TOTAL = "rate_revenue:rate_revenue", "total:rate_revenue"
UNCOLLECTIBLE = "uncollectible:uncollectible"
BEGINNING, ENDING, TIMING = (
    "beginning_balance:beginning_balance",
    "ending_balance:ending_balance",
    "timing:timing",
)
CONTRIBUTION, DRAW = "reserve_contribution:reserve_contribution", "reserve_draw:reserve_draw"
WAIVER = "other_operating_revenue:waiver_extension"
RESERVES = {CONTRIBUTION: "reserve_contribution_usd", DRAW: "planned_reserve_draw_usd"}
MEMO = ("depreciation", "restricted_revenue", "debt_funded_capital", "grant_funded_capital")


def lay_out(sheets: FundSheets) -> None:
    """Puts both tables on the sheet, and below them what costs have risen."""
    rate_drivers.lay_out(sheets)
    years = _Years(sheets)
    years.table(ADOPTED)
    years.table(EXISTING)
    carried = sheets.index_keys()
    if carried:
        sheets.years.head("What costs have risen since the last year that the city gives")
    for key, title, category in carried:
        sheets.years.add(
            f"index|{key}", title, sheets.index_cells(key, category), look="factor", is_figure=False
        )


class _Years:
    def __init__(self, sheets: FundSheets) -> None:
        self.sheets, self.fund, self.sheet = sheets, sheets.fund, sheets.years
        self.facts = self.fund.facts
        self.interest = f"non_operating_revenue:{self.facts['interest_line']}"
        self.pilot = f"{self.facts['pilot_category']}:{self.facts['pilot_line']}"
        self._register()

    def _register(self) -> None:
        """Every line that has a row, with its words: from the books, and what an assumption may add."""
        lines = self.sheets.lines
        for (path, key, _), row in sorted(self.fund.lines.items(), key=lambda one: (one[1]["sort"], one[0])):
            is_apart = row["category"] == "debt_service" or row["line"].startswith(
                ("project:", "rate_adjustment_")
            )
            if (
                path == ADOPTED
                and not is_apart
                and (key not in lines or row["origin"] not in ("actual", "budget"))
            ):
                is_pledged = bool(row["is_pledged"])
                lines[key] = Line(key, row["title"], row["category"], row["line"], is_pledged, row["lien"])
        facts = self.facts
        more = [
            Line(RATES, "Rates as they are", "rate_revenue", "rate_revenue", self._rates_pledged(), None),
            Line(
                UNCOLLECTIBLE,
                "Not expected to be paid",
                "uncollectible",
                "uncollectible",
                self._rates_pledged(),
                None,
            ),
            Line(self.pilot, facts["pilot_title"], facts["pilot_category"], facts["pilot_line"], False, None),
            Line(
                WAIVER,
                "Penalties not charged: waiver extended",
                "other_operating_revenue",
                "waiver_extension",
                True,
                None,
            ),
            Line(
                CONTRIBUTION,
                "Contribution to reserves",
                "reserve_contribution",
                "reserve_contribution",
                False,
                None,
            ),
            Line(DRAW, "Planned draw on reserves", "reserve_draw", "reserve_draw", False, None),
            Line(
                self.interest,
                facts["interest_title"],
                "non_operating_revenue",
                facts["interest_line"],
                facts["interest_is_pledged"],
                None,
            ),
        ]
        for line in more:
            lines.setdefault(line.key, line)

    def _rates_pledged(self) -> bool:
        rates = [row for row in self.fund.lines.values() if row["category"] == "rate_revenue"]
        return all(row["is_pledged"] for row in rates)

    def keys(self, category: str) -> list[str]:
        """The lines of a category, in order."""
        return [key for key, line in self.sheets.lines.items() if line.category == category]

    # ---- The table

    def table(self, path: str) -> None:
        """The rows of one path."""
        self.sheet.head(HEADINGS[path])
        self._lines(path, "beginning_balance")
        rates = self.keys("rate_revenue")
        self._lines(path, "rate_revenue")
        if path == ADOPTED:
            for adjusted in self.sheets.open_years:
                key = f"rate_revenue:rate_adjustment_{adjusted}"
                self._add(path, key, f"Adjustment of fiscal year {adjusted}", self._adjusted(key, adjusted))
                rates = [*rates, key]
        self._total(path, TOTAL, "Revenue from rates", [("+", rates)])
        self._lines(path, "uncollectible")
        other = [*self._lines(path, "other_operating_revenue"), *self._lines(path, "non_operating_revenue")]
        self._total(
            path,
            "total:total_revenue",
            "Total revenue, less what is not expected to be paid",
            [("+", [TOTAL]), ("+", [UNCOLLECTIBLE]), ("+", other)],
        )
        costs = self._lines(path, "operating_expense")
        self._total(path, "total:operating_expense", "Total operating expense", [("+", costs)])
        net = [("+", ["total:total_revenue"]), ("-", ["total:operating_expense"])]
        self._total(path, "total:net_revenue", "Net revenue", net)
        debt = self._lines(path, "debt_service")
        self._total(path, "total:debt_service", "Total debt service", [("+", debt)])
        needs = [
            key
            for one in ("rate_funded_capital", "transfer", "reserve_contribution")
            for key in self._lines(path, one)
        ]
        surplus = [("+", ["total:net_revenue"]), ("-", ["total:debt_service"]), ("-", needs)]
        self._total(path, "total:surplus", "Surplus or shortfall before reserves", surplus)
        draws = self._lines(path, "reserve_draw")
        after = [("+", ["total:surplus"]), ("+", draws)]
        self._total(path, "total:surplus_after_draw", "Surplus or shortfall after the planned draw", after)
        self._lines(path, "reserve_funded_capital")
        self._lines(path, "timing")
        self._lines(path, "ending_balance")
        for category in MEMO:
            self._lines(path, category)

    def _add(self, path: str, key: str, title: str, cells: Cells, *, is_total: bool = False) -> None:
        self.sheet.add(f"{path}|{key}", title, cells, is_total=is_total)

    def _lines(self, path: str, category: str) -> list[str]:
        keys = self.keys(category)
        for key in keys:
            is_held = category in ("beginning_balance", "ending_balance")
            self._add(path, key, self.sheets.lines[key].title, self._cells(path, key), is_total=is_held)
        return keys

    def at(self, path: str, key: str, year: int) -> str:
        """The cell of a row of a path."""
        return self.sheet.at(f"{path}|{key}", year, self.sheet)

    def _total(self, path: str, key: str, title: str, parts: list[tuple[str, list[str]]]) -> None:
        def cells(year: int) -> Cell | None:
            if year not in self.fund.kinds:
                return None
            formula = "".join(
                sign
                + (
                    self.at(path, keys[0], year)
                    if len(keys) == 1
                    else f"SUM({self._block(path, keys, year)})"
                )
                for sign, keys in parts
                if keys
            )
            return Cell(self.fund.row_usd(path, key, year), formula.removeprefix("+") or "0")

        self._add(path, key, title, cells, is_total=True)

    def _block(self, path: str, keys: list[str], year: int) -> str:
        """Rows of lines, which stand below each other but for the totals between sections."""
        stretches: list[list[str]] = []
        for key in keys:
            row = self.sheet.place(f"{path}|{key}")
            if stretches and row == self.sheet.place(f"{path}|{stretches[-1][-1]}") + 1:
                stretches[-1].append(key)
            else:
                stretches.append([key])
        return ",".join(f"{self.at(path, one[0], year)}:{self.at(path, one[-1], year)}" for one in stretches)

    def _cells(self, path: str, key: str) -> Cells:
        """What a line is in a year."""
        line = self.sheets.lines[key]
        special = {
            UNCOLLECTIBLE: self._uncollectible,
            self.pilot: self._pilot,
            self.interest: self._interest,
            BEGINNING: self._beginning,
            ENDING: self._ending,
            TIMING: self._timing,
            RATES: self._existing,
        }
        if key in special:
            return lambda year: special[key](path, year) if year in self.fund.kinds else None
        if path == EXISTING:
            return lambda year: self._as_adopted(key, year)
        if self.sheets.capital.has(key):
            return lambda year: self._on_capital(key, year)
        if key in RESERVES or key == WAIVER:
            return lambda year: self._reserve(key, year)
        place = f"{ADOPTED}|{key}"
        carried = self.sheets.cost_cells(key, self.sheet, place)
        is_cost = line.category in CARRIED
        return lambda year: (
            (carried if is_cost else self._plain(key))(year) if year in self.fund.kinds else None
        )

    def _plain(self, key: str) -> Cells:
        return lambda year: self.sheets.constant(key, year)

    def _as_adopted(self, key: str, year: int) -> Cell | None:
        if year not in self.fund.kinds:
            return None
        return Cell(
            self.sheets.usd(key, year) if "to_come" not in key else self._to_come(year),
            self.at(ADOPTED, key, year),
        )

    def _to_come(self, year: int) -> Decimal:
        lien = self.facts["new_debt_lien"]
        return sum(
            (
                self.sheets.usd(f"debt_service:debt:{lien}:new_{issued}", year)
                for issued in self.sheets.open_years
            ),
            Decimal(0),
        )

    def _on_capital(self, key: str, year: int) -> Cell | None:
        if year not in self.fund.kinds or (key == "debt_service:to_come" and not self.fund.is_open(year)):
            return None
        value = self._to_come(year) if key == "debt_service:to_come" else self.sheets.usd(key, year)
        return Cell(value, self.sheets.capital.at(key, year, self.sheet))

    def _reserve(self, key: str, year: int) -> Cell | None:
        """An assumption in years to come, where the city's books give nothing of the kind."""
        category = key.split(":")[0]
        is_told = key != WAIVER and any(self.sheets.is_given(one, year) for one in self.keys(category))
        if not self.fund.is_open(year) or is_told:
            return self.sheets.constant(key, year)
        if key == WAIVER:
            return Cell(
                self.sheets.usd(key, year),
                f"-ROUND({self.sheets.assumed('waiver_extension_usd', year, self.sheet)},2)",
            )
        return Cell(
            self.sheets.usd(key, year), f"ROUND({self.sheets.assumed(RESERVES[key], year, self.sheet)},2)"
        )

    # ---- Rates, and what moves with them

    def _existing(self, path: str, year: int) -> Cell | None:
        """What rates as they are bring: bills of the test year, budget or last year known, grown."""
        row = self.sheets.row(RATES, year, path)
        if row is None:
            return None
        origin, based_on = row["origin"], self.fund.answers[year]["based_on_year"]
        if path == EXISTING and self.fund.is_open(year):
            return Cell(row["amount_usd"], self.at(ADOPTED, RATES, year))
        if not self.fund.is_open(year) or origin == "projection":
            return Cell(row["amount_usd"])
        shock = f"(1+{self.sheet.at('shock', year, self.sheet)})"
        if origin == "budget":
            return Cell(row["amount_usd"], f"ROUND({self.fund.given['rate_revenue', year]}*{shock},2)")
        if origin == "determinants":
            base = self.sheet.at("tested", max(based_on, self.sheets.table_years[0]), self.sheet)
        elif based_on is None:
            return Cell(row["amount_usd"])
        else:
            base = self.at(path, RATES if self.fund.is_open(based_on) else TOTAL, based_on)
        since = f"/{self.sheet.at('growth', based_on, self.sheet)}" if based_on in self.fund.kinds else ""
        return Cell(
            row["amount_usd"], f"ROUND({base}*({self.sheet.at('growth', year, self.sheet)}{since})*{shock},2)"
        )

    def _adjusted(self, key: str, adjusted: int) -> Cells:
        """What one year's adjustment adds: revenue with all adjustments up to it, less that without it."""

        def cells(year: int) -> Cell | None:
            if not self.fund.is_open(year) or year < adjusted:
                return None
            existing = self.at(ADOPTED, RATES, year)
            is_first = adjusted == self.sheets.open_years[0]
            before = "" if is_first else f"*{self.sheet.at('level', adjusted - 1, self.sheet)}"
            level = f"*{self.sheet.at('level', adjusted, self.sheet)}"
            if year == adjusted:
                weight, factor = (self.sheet.at(one, year, self.sheet) for one in ("weight", "factor"))
                level = f"{before}*(1+{weight}*({factor}-1))"
            return Cell(self.sheets.usd(key, year), f"ROUND({existing}{level},2)-ROUND({existing}{before},2)")

        return cells

    def _uncollectible(self, path: str, year: int) -> Cell | None:
        row = self.sheets.row(UNCOLLECTIBLE, year, path)
        if row is None:
            return None
        share = self.sheets.assumed("uncollectible_percent", year, self.sheet)
        return Cell(-row["amount_usd"], f"-ROUND({self.at(path, TOTAL, year)}*{share}/100,2)")

    def _pilot(self, path: str, year: int) -> Cell | None:
        """A percent of rate revenue where one is assumed; else as the books give it, or carried forward."""
        amount = self.sheets.usd(self.pilot, year, path)
        if not self.fund.is_open(year):
            return self.sheets.constant(self.pilot, year)
        percent = self.sheets.assumed("pilot_percent", year, self.sheet)
        carried = self.sheets.carried_formula(self.pilot, year, self.sheet, f"{ADOPTED}|{self.pilot}") or "0"
        if self.sheets.is_given(self.pilot, year):
            carried = str(amount)
        return Cell(amount, f"IF({percent}>0,ROUND({self.at(path, TOTAL, year)}*{percent}/100,2),{carried})")

    # ---- Balances

    def _interest(self, path: str, year: int) -> Cell | None:
        is_known = self.sheets.row(BEGINNING, year, path) is not None
        if not self.fund.is_open(year) or self.sheets.is_given(self.interest, year) or not is_known:
            return self.sheets.constant(self.interest, year)
        percent = self.sheets.assumed("interest_percent", year, self.sheet)
        formula = f"ROUND({self.at(path, BEGINNING, year)}*{percent}/100,2)"
        return Cell(self.sheets.usd(self.interest, year, path), formula)

    def _beginning(self, path: str, year: int) -> Cell | None:
        row = self.sheets.row(BEGINNING, year, path)
        if row is None:
            return None
        is_own = ("balance", year - 1) in self.fund.given and self.fund.is_open(year - 1)
        if is_own or self.sheets.row(ENDING, year - 1, path) is None:
            return Cell(row["amount_usd"])
        return Cell(row["amount_usd"], self.at(path, ENDING, year - 1))

    def _moved(self, path: str, year: int) -> str:
        """The surplus, and what of it is not spent or spent beside it."""
        kept = "".join(f"+{self.at(path, key, year)}" for key in self.keys("reserve_contribution"))
        spent = "".join(f"-{self.at(path, key, year)}" for key in self.keys("reserve_funded_capital"))
        return f"{self.at(path, 'total:surplus', year)}{kept}{spent}"

    def _ending(self, path: str, year: int) -> Cell | None:
        row = self.sheets.row(ENDING, year, path)
        if row is None:
            return None
        if not self.fund.is_open(year) and ("balance", year) in self.fund.given:
            return (
                Cell(row["amount_usd"])
                if path == ADOPTED
                else Cell(row["amount_usd"], self.at(ADOPTED, ENDING, year))
            )
        return Cell(row["amount_usd"], f"{self.at(path, BEGINNING, year)}+{self._moved(path, year)}")

    def _timing(self, path: str, year: int) -> Cell | None:
        row = self.sheets.row(TIMING, year, path)
        if row is None:
            return None
        held = f"{self.at(path, ENDING, year)}-{self.at(path, BEGINNING, year)}"
        return Cell(row["amount_usd"], f"{held}-({self._moved(path, year)})")
