"""The sheet of a fund's revenue requirement, step by step.

What rates must bring, what they bring as they are, and the adjustment between.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from reports import rate_adjustment
from reports.grid import Cell, Cells
from reports.rate_sheets import AnswerRows, FundSheets
from reports.rate_study import EXISTING, Fact
from reports.rate_years import TOTAL

COSTS = {
    "operating_expense": "Operation and maintenance",
    "debt_service": "Debt service",
    "rate_funded_capital": "Capital paid from rates",
    "transfer": "Transfers and payments in lieu of taxes",
    "reserve_contribution": "Contributions to reserves",
}
ASKED = "Asked by the test: "
OTHER = {
    "other_operating_revenue": "Other operating revenue",
    "non_operating_revenue": "Non-operating revenue",
}


def lay_out(sheets: FundSheets) -> None:
    """Puts the requirement and the adjustment on the sheet."""
    requirement = _Requirement(sheets)
    requirement.need()
    requirement.required()
    rate_adjustment.lay_out(sheets)


class _Requirement(AnswerRows):
    def __init__(self, sheets: FundSheets) -> None:
        super().__init__(sheets)
        self.setting = [test for test in self.fund.tests if test["sets_rates"]]
        self.coverage = [test["test_id"] for test in self.setting if self._is_coverage(test)]

    def _is_coverage(self, test: Fact) -> bool:
        terms = self.fund.terms[test["test_id"]]
        return test["measure"] == "ratio" and any(
            term["side"] == "denominator" and term["term"] == "debt_service" for term in terms
        )

    # ---- What is needed

    def need(self) -> None:
        """Each line, totals by section, and what is left for the rates."""
        for category, words in COSTS.items():
            self.sheet.head(words)
            self._section(category)
        self.add(
            "cost",
            "All costs",
            lambda year: "+".join(self.at(category, year) for category in COSTS),
            lambda answer, _: answer["need_usd"] + answer["other_revenue_usd"],
            is_total=True,
        )
        for category, words in OTHER.items():
            self.sheet.head(words)
            self._section(category)
        self.add(
            "other",
            "Other revenue",
            lambda year: "+".join(self.at(category, year) for category in OTHER),
            lambda answer, _: answer["other_revenue_usd"],
            is_total=True,
        )

    def _section(self, category: str) -> None:
        keys = [key for key, line in self.sheets.lines.items() if line.category == category]
        for key in keys:
            self.sheet.add(key, self.sheets.lines[key].title, self._line(key))

        def total(year: int) -> Cell | None:
            if year not in self.fund.kinds:
                return None
            value = sum((self._need_usd(key, year) for key in keys), Decimal(0))
            return Cell(value, f"SUM({self.sheet.block(keys, year)})" if keys else "0")

        self.sheet.add(category, "Sum", total, is_total=True)

    def _need_usd(self, key: str, year: int) -> Decimal:
        if key == "debt_service:to_come":
            lien = self.fund.facts["new_debt_lien"]
            issues = (f"debt_service:debt:{lien}:new_{issued}" for issued in self.sheets.open_years)
            return sum((self.sheets.usd(issue, year, EXISTING) for issue in issues), Decimal(0))
        row = self.sheets.row(key, year, EXISTING)
        if row is None:
            return Decimal(0)
        return row["fixed_usd"] if self._is_pilot(key) else row["amount_usd"]

    def _is_pilot(self, key: str) -> bool:
        return self.sheets.lines[key].line == self.fund.facts["pilot_line"]

    def _line(self, key: str) -> Cells:
        """A payment in lieu of taxes that is a percent of the rates is not known before they are."""

        def cells(year: int) -> Cell | None:
            if year not in self.fund.kinds:
                return None
            cell = self.sheets.years.at(f"{EXISTING}|{key}", year, self.sheet)
            value = self._need_usd(key, year)
            if self._is_pilot(key) and self.fund.is_open(year):
                percent = self.sheets.assumed("pilot_percent", year, self.sheet)
                return Cell(value, f"IF({percent}>0,0,{cell})")
            if value or self.sheets.row(key, year, EXISTING) is not None:
                return Cell(value, cell)
            return Cell(0, cell) if self.fund.is_open(year) else None

        return cells

    # ---- What is required

    def required(self) -> None:
        """From the need to the rate revenue that meets it and the tests that set rates."""
        self.sheet.head("What rates must bring")
        self.add(
            "need",
            "Need: all costs less other revenue",
            lambda year: f"{self.at('cost', year)}-{self.at('other', year)}",
            lambda answer, _: answer["need_usd"],
            is_total=True,
        )
        for key, name, words in (
            (
                "uncollectible",
                "uncollectible_percent",
                "Share of billed rates that is not expected to be paid",
            ),
            ("pilot", "pilot_percent", "Share of billed rates paid in lieu of taxes"),
        ):
            self.add(
                key,
                words,
                lambda year, name=name: self._share(name, year),
                lambda answer, year, name=name: self._share_value(answer, name, year),
                look="factor",
                is_figure=False,
            )

        def gross(year: int, draw: str = "") -> str:
            left = f"(1-{self.at('uncollectible', year)}-{self.at('pilot', year)})"
            return f"ROUND(({self.at('need', year)}{draw})/{left},2)"

        self.add(
            "cash_gross",
            "Need / (1 - in lieu of taxes - not paid): billed, for the year's costs",
            gross,
            lambda answer, year: self._gross_usd(answer, year),
            is_figure=False,
        )
        self.add(
            "cash_required",
            "The same, paid",
            lambda year: f"ROUND({self.at('cash_gross', year)}*(1-{self.at('uncollectible', year)}),2)",
            lambda answer, _: answer["cash_required_usd"],
        )
        for test in self.setting:
            self._setting_row(test["test_id"], test["title"])
        settings = [f"test|{test['test_id']}" for test in self.setting]
        self.add(
            "required",
            "Required rate revenue, billed: the greatest of these",
            lambda year: (
                f"MAX({self.at('cash_gross', year)}"
                + (f",{self.sheet.block(settings, year)})" if settings else ")")
            ),
            lambda answer, _: answer["required_usd"],
            is_total=True,
        )
        titles = {test["test_id"]: test["title"] for test in self.setting} | {"cash": "the year's costs"}
        self.add(
            "governing",
            "Set by",
            lambda year: self._governing(settings, year),
            lambda answer, _: titles.get(answer["governing_test_id"], ""),
            look="text",
        )
        self.add(
            "existing",
            "Rates as they are bring",
            lambda year: self.sheets.years.at(f"{EXISTING}|{TOTAL}", year, self.sheet),
            lambda answer, _: answer["existing_rate_revenue_usd"],
        )
        self.add(
            "deficiency",
            "Deficiency (positive is short)",
            lambda year: f"{self.at('required', year)}-{self.at('existing', year)}",
            lambda answer, _: answer["deficiency_usd"],
            is_total=True,
        )
        self._after_draw(gross)

    def _share(self, name: str, year: int) -> str:
        """A share of billed rates; books have what was paid in lieu of taxes."""
        is_told = name == "pilot_percent" and not self.fund.is_open(year)
        return "0" if is_told else f"{self.sheets.assumed(name, year, self.sheet)}/100"

    def _share_value(self, answer: Fact, name: str, year: int) -> Decimal:
        return Decimal(0) if self._share(name, year) == "0" else answer[name] / 100

    def _setting_row(self, test_id: str, title: str) -> None:
        def cells(year: int) -> Cell | None:
            result = self.fund.results.get((EXISTING, test_id, year))
            if result is None or result["result"] == "unknown":
                return None
            cell = self.sheets.tests.at(f"{EXISTING}|{test_id}|required", year, self.sheet)
            return Cell(result["required_rate_revenue_usd"], cell)

        self.sheet.add(f"test|{test_id}", f"{ASKED}{title}", cells, unit="billed")

    def _governing(self, settings: list[str], year: int) -> str:
        """The title of the test that asks the most, unless the year's costs do."""
        if not settings:
            return '"the year\'s costs"'
        first, last = self.sheet.place(settings[0]) + 1, self.sheet.place(settings[-1]) + 1
        block = self.sheet.block(settings, year)
        found = f"INDEX($A${first}:$A${last},MATCH(MAX({block}),{block},0))"
        title = f"MID({found},{len(ASKED) + 1},200)"
        return f'IF(MAX({block})>{self.at("cash_gross", year)},{title},"the year\'s costs")'

    def _gross_usd(self, answer: Fact, year: int) -> Decimal | None:
        names = ("uncollectible_percent", "pilot_percent")
        left = 1 - sum((self._share_value(answer, name, year) for name in names), Decimal(0))
        return (answer["need_usd"] / left).quantize(Decimal("0.01"), "ROUND_HALF_UP") if left > 0 else None

    def _after_draw(self, gross: Callable[..., str]) -> None:
        self.add(
            "draw",
            "Planned draw on reserves",
            lambda year: "+".join(
                self.sheets.years.at(f"{EXISTING}|{key}", year, self.sheet)
                for key, line in self.sheets.lines.items()
                if line.category == "reserve_draw"
            ),
            lambda answer, _: answer["planned_draw_usd"],
        )
        coverage = [f"test|{test_id}" for test_id in self.coverage]
        self.add(
            "required_after_draw",
            "Required after the planned draw (coverage knows no draw)",
            lambda year: "MAX({})".format(
                ",".join(
                    [gross(year, f"-{self.at('draw', year)}"), *(self.at(key, year) for key in coverage)]
                )
            ),
            lambda answer, _: answer["required_after_draw_usd"],
        )
        self.add(
            "deficiency_after_draw",
            "Deficiency after the planned draw",
            lambda year: f"{self.at('required_after_draw', year)}-{self.at('existing', year)}",
            lambda answer, _: answer["deficiency_after_draw_usd"],
            is_total=True,
        )
