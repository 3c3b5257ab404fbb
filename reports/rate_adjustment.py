"""The adjustment of a fund's rates, and whether they are enough: the end of the sheet of the requirement."""

from __future__ import annotations

from reports.grid import Cell, Cells
from reports.rate_sheets import AnswerRows, FundSheets
from reports.rate_study import EXISTING
from reports.rate_tests import RESULTS

NONE = "no adjustment brings that much"
YES, NO = "yes", "no"


def lay_out(sheets: FundSheets) -> None:
    """Puts the adjustment and the answers on the sheet."""
    rows = _Adjustment(sheets)
    rows.adjustment()
    rows.judged()


class _Adjustment(AnswerRows):
    def adjustment(self) -> None:
        """The percent by which rates must move: a whole year, with less use, from the effective month on."""
        self.sheet.head("The adjustment that closes it")
        self.add(
            "answer",
            "Change of use for each change of price (elasticity times the share that moves with use)",
            lambda year: (
                f"{self.sheets.assumed('elasticity', year, self.sheet)}"
                f"*{self.sheets.assumed('volumetric_share_percent', year, self.sheet)}/100"
            ),
            lambda _, year: (
                self.sheets.rate("elasticity", year)
                * self.sheets.rate("volumetric_share_percent", year)
                / 100
            ),
            look="factor",
            is_figure=False,
        )
        self.add(
            "weight",
            "Share of the year's bills that a change reaches",
            self._weight,
            lambda answer, _: answer["effective_weight"],
            look="factor",
        )
        for key, words, required, answer, weight in (
            ("adjustment_full_year_pct", "Whole year, nobody uses less, percent", "required", False, False),
            ("adjustment_with_elasticity_pct", "Whole year, with less use, percent", "required", True, False),
            (
                "adjustment_in_year_pct",
                "From the effective month on, with less use, percent",
                "required",
                True,
                True,
            ),
            (
                "adjustment_after_draw_pct",
                "Whole year, after the planned draw, percent",
                "required_after_draw",
                False,
                False,
            ),
        ):
            self.add(
                key,
                words,
                lambda year, one=(required, answer, weight): self._percent(year, *one),
                lambda found, _, key=key: NONE if found[key] is None else found[key],
                look="percent",
                is_total=key == "adjustment_full_year_pct",
            )

    def _weight(self, year: int) -> str:
        sheet = self.sheets.assumptions
        months = sheet.span(f"{self.fund.fund}|weights", sheet.first_year, sheet.first_year + 11, self.sheet)
        return f"INDEX({months},{self.sheets.assumed('rate_effective_month', year, self.sheet)})"

    def _percent(self, year: int, required: str, with_answer: bool, with_weight: bool) -> str:
        """The smaller root of (1 + p)(1 + answer x p) = 1 + (required / existing - 1) / weight."""
        existing = self.at("existing", year)
        ratio = f"({self.at(required, year)}/{existing}-1)"
        rise = f"({ratio}/{self.at('weight', year)})" if with_weight else ratio
        simple = f"100*{rise}"
        if with_answer:
            answer = self.at("answer", year)
            room = f"((1+{answer})^2+4*{answer}*{rise})"
            root = f"200*{rise}/(1+{answer}+SQRT({room}))"
            simple = f'IF({answer}=0,{simple},IF({room}>=0,{root},"{NONE}"))'
        nothing = f"OR({existing}<=0,{self.at('weight', year)}<=0)" if with_weight else f"{existing}<=0"
        return f'IF({nothing},"{NONE}",{simple})'

    # ---- Yes or no

    def judged(self) -> None:
        """The two answers, and the tests that count for the fund."""
        self.sheet.head("Are the rates as they are enough?")
        for key, words, line, shown in (
            (
                "is_sufficient",
                "Before reserves: this year's rates pay this year's costs",
                "total:surplus",
                "surplus_usd",
            ),
            (
                "is_sufficient_after_draw",
                "After the planned draw",
                "total:surplus_after_draw",
                "surplus_after_draw_usd",
            ),
        ):
            cell = f"{EXISTING}|{line}"
            self.add(
                shown,
                f"{words}: left over",
                lambda year, cell=cell: self.sheets.years.at(cell, year, self.sheet),
                lambda answer, _, shown=shown: answer[shown],
            )
            self.add(
                key,
                words,
                lambda year, shown=shown: f'IF(ROUND({self.at(shown, year)},2)>=0,"{YES}","{NO}")',
                lambda answer, _, key=key: "not known" if answer[key] is None else YES if answer[key] else NO,
                look="text",
                is_total=True,
            )
        required = [test for test in self.fund.tests if test["is_required"]]
        for test in required:
            self.sheet.add(
                f"result|{test['test_id']}",
                f"Test: {test['title']}",
                self._result(test["test_id"]),
                look="text",
            )
        keys = [f"result|{test['test_id']}" for test in required]
        self.add(
            "light",
            "All tests that the fund has to pass",
            lambda year: self._light(keys, year),
            lambda answer, _: RESULTS[answer["light"]],
            look="text",
            is_total=True,
        )

    def _result(self, test_id: str) -> Cells:
        def cells(year: int) -> Cell | None:
            result = self.fund.results.get((EXISTING, test_id, year))
            if result is None:
                return None
            value = RESULTS[result["result"]]
            if result["result"] == "unknown":
                return Cell(value)
            return Cell(value, self.sheets.tests.at(f"{EXISTING}|{test_id}|result", year, self.sheet))

        return cells

    def _light(self, keys: list[str], year: int) -> str:
        if not keys:
            return '"not known"'
        block = self.sheet.block(keys, year)
        return f'IF(COUNTIF({block},"fail")>0,"fail",IF(COUNTIF({block},"not known")>0,"not known","pass"))'
