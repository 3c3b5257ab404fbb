"""The sheet of a fund's tests: what each counts, line by line, what it comes to, and what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reports.grid import Cell, Cells
from reports.rate_capital import ahead, paid_ahead
from reports.rate_sheets import FundSheets, Line
from reports.rate_study import ADOPTED, EXISTING, Fact
from reports.rate_years import ENDING, HEADINGS, RATES, TOTAL, UNCOLLECTIBLE

SIDES = {"numerator": "Counted for", "denominator": "Counted against"}
RESULTS = {"pass": "pass", "fail": "fail", "not_applicable": "does not apply", "unknown": "not known"}
SCALES = {"days": 365}


def lay_out(sheets: FundSheets) -> None:
    """Puts the tests of both paths on the sheet."""
    for path in (ADOPTED, EXISTING):
        sheets.tests.head(HEADINGS[path])
        for test in sheets.fund.tests:
            _Test(sheets, path, test).lay_out()


@dataclass(frozen=True)
class _Counted:
    """A row of a side: which line, with which sign, on which sheet, and how it moves with the rates."""

    key: str
    title: str
    sign: int
    line: Line | None
    basis: str = "annual"
    liens: tuple[str | None, ...] = ()


class _Test:
    def __init__(self, sheets: FundSheets, path: str, test: Fact) -> None:
        self.sheets, self.fund, self.sheet = sheets, sheets.fund, sheets.tests
        self.path, self.test, self.test_id = path, test, test["test_id"]
        self.counted = {side: list(self._counted(side)) for side in SIDES}

    def lay_out(self) -> None:
        """The rows of the test."""
        sheet, test, measure = self.sheet, self.test, self.test["measure"]
        sheet.head(test["title"])
        for label, text in (("Ordinance or policy", test["ordinance"]), ("Read as", test["convention"])):
            if text:
                sheet.add(self.key(label), f"{label}: {text}", look="text")
        for side, words in SIDES.items():
            for one in self.counted[side]:
                sheet.add(
                    self.key(one.key), one.title, self._line(one), unit="" if one.sign > 0 else "taken off"
                )
            sheet.add(self.key(side), words, self._side(side), is_total=True)
        look = "usd" if measure == "difference" else measure
        sheet.add(self.key("value"), "Comes to", self._value, look=look, is_total=True)
        target = test["target_name"] or "fixed by the test"
        asked = "at least" if test["comparison"] == "at_least" else "at most"
        sheet.add(self.key("target"), f"Asked: {asked}", self._target, look=look, unit=target)
        if test["band_percent"]:
            sheet.add(self.key("threshold"), "The band ends at", self._threshold, look=look)
        sheet.add(self.key("result"), "Result", self._result, look="text", is_total=True)
        for side, words in SIDES.items():
            sheet.add(
                self.key(f"{side}_fixed"),
                f"{words}: what does not move with the rates",
                self._fixed(side),
                is_figure=False,
            )
            sheet.add(
                self.key(f"{side}_share"),
                f"{words}: for each dollar of rates",
                self._share(side),
                look="factor",
                is_figure=False,
            )
        sheet.add(self.key("required"), "Rate revenue at which it just passes", self._required)

    def key(self, name: str) -> str:
        """A key of the sheet."""
        return f"{self.path}|{self.test_id}|{name}"

    def at(self, name: str, year: int) -> str:
        """A cell of the test."""
        return self.sheet.at(self.key(name), year, self.sheet)

    def result(self, year: int) -> Fact | None:
        """What the mart says."""
        return self.fund.results.get((self.path, self.test_id, year))

    def _is_known(self, year: int) -> bool:
        result = self.result(year)
        return result is not None and result["result"] != "unknown"

    # ---- What is counted

    def _counted(self, side: str) -> Iterable[_Counted]:
        for term in self.fund.terms[self.test_id]:
            if term["side"] != side:
                continue
            place, sign = f"{side}|{term['position']}", int(term["sign"])
            basis = (
                (self.test["debt_service_basis"] or "annual") if term["term"] == "debt_service" else "annual"
            )
            if basis != "annual":
                # All debt that a side counts together: the greatest year of the sum.
                liens = tuple(one["qualifier"] for one in self._debt_terms(side, sign))
                if term["qualifier"] == liens[0]:
                    title = (
                        "Greatest debt payments of a year"
                        if basis == "maximum"
                        else "Mean of the debt payments"
                    )
                    yield _Counted(
                        f"{place}|{basis}",
                        f"{title} from this year on, of debt outstanding",
                        sign,
                        None,
                        basis,
                        liens,
                    )
                continue
            lines = [line for line in self.sheets.lines.values() if _matches(line, term)]
            rates = [line for line in lines if line.category == "rate_revenue"]
            if rates and term["term_kind"] == "category":
                yield _Counted(
                    f"{place}|rates",
                    "Revenue from rates",
                    sign,
                    Line(TOTAL, "", "rate_revenue", "", True, None),
                )
                lines = [line for line in lines if line.category != "rate_revenue"]
            for line in lines:
                yield _Counted(f"{place}|{line.key}", line.title, sign, line)

    def _debt_terms(self, side: str, sign: int) -> list[Fact]:
        terms = self.fund.terms[self.test_id]
        return [
            one for one in terms if (one["side"], one["sign"], one["term"]) == (side, sign, "debt_service")
        ]

    def _line(self, one: _Counted) -> Cells:
        def cells(year: int) -> Cell | None:
            if year not in self.fund.kinds:
                return None
            sign = "" if one.sign > 0 else "-"
            if one.line is None:
                value, formula = self._debt_ahead(one, year)
                return Cell(one.sign * value, sign + formula)
            # What is not paid stands on the sheet of years as it is taken off.
            if one.line.key == UNCOLLECTIBLE:
                sign = "-" if one.sign > 0 else ""
            cell = self.sheets.years.at(f"{self.path}|{one.line.key}", year, self.sheet)
            return Cell(one.sign * self._usd(one.line, year), sign + cell)

        return cells

    def _usd(self, line: Line, year: int) -> Decimal:
        if line.key == TOTAL:
            return self.fund.row_usd(self.path, TOTAL, year)
        if line.line == "to_come":
            return sum(
                (
                    self.sheets.usd(f"debt_service:debt:{line.lien}:new_{issued}", year, self.path)
                    for issued in self.sheets.open_years
                ),
                Decimal(0),
            )
        return self.sheets.usd(line.key, year, self.path)

    def _debt_ahead(self, one: _Counted, year: int) -> tuple[Decimal, str]:
        """The greatest year of debt from a year on, or the mean of those with payments."""
        capital = self.sheets.capital
        key = ahead(one.liens, year)
        if not capital.has(key):
            return Decimal(0), "0"
        paid = paid_ahead(self.sheets, one.liens, year)
        span = capital.span(key, year, capital.last_year, self.sheet)
        if one.basis == "maximum":
            return max(paid.values(), default=Decimal(0)), f"MAX({span})"
        mean = sum(paid.values(), Decimal(0)) / len(paid) if paid else Decimal(0)
        cents = mean.quantize(Decimal("0.01"), "ROUND_HALF_UP")
        return cents, f'IF(COUNTIF({span},">0")=0,0,ROUND(SUM({span})/COUNTIF({span},">0"),2))'

    # ---- What it comes to

    def _side(self, side: str) -> Cells:
        keys = [self.key(one.key) for one in self.counted[side]]

        def cells(year: int) -> Cell | None:
            result = self.result(year)
            if result is None:
                return None
            formula = f"SUM({self.sheet.block(keys, year)})" if keys else "0"
            return Cell(result[f"{side}_usd"], formula)

        return cells

    def _value(self, year: int) -> Cell | None:
        result = self.result(year)
        if result is None:
            return None
        if not self._is_known(year):
            return Cell(RESULTS["unknown"])
        above, below = self.at("numerator", year), self.at("denominator", year)
        if self.test["measure"] == "difference":
            return Cell(result["value"], f"{above}-{below}")
        scale = f"{SCALES[self.test['measure']]}*" if self.test["measure"] in SCALES else ""
        value = RESULTS["not_applicable"] if result["value"] is None else result["value"]
        return Cell(value, f'IF({below}<=0,"{RESULTS["not_applicable"]}",ROUND({scale}{above}/{below},6))')

    def _target(self, year: int) -> Cell | None:
        result = self.result(year)
        if result is None or result["target_value"] is None:
            return None
        name = self.test["target_name"]
        if self.test["target_value"] is not None or not name:
            return Cell(result["target_value"])
        return Cell(result["target_value"], self.sheets.assumed(name, year, self.sheet))

    def _threshold(self, year: int) -> Cell | None:
        result = self.result(year)
        if result is None or result["target_value"] is None:
            return None
        is_floor = self.test["comparison"] == "at_least"
        share = self.test["band_percent"] / 100
        value = result["band_low_value" if is_floor else "band_high_value"] or result["target_value"]
        sign = "-" if is_floor else "+"
        return Cell(value, f"ROUND({self.at('target', year)}*(1{sign}{share}),6)")

    def _margin(self, year: int, suffix: str = "") -> str:
        """How far above what is asked: 0 or more passes."""
        asked = self.at("threshold" if self.test["band_percent"] else "target", year)
        above, below = self.at(f"numerator{suffix}", year), self.at(f"denominator{suffix}", year)
        scale = f"{SCALES[self.test['measure']]}*" if self.test["measure"] in SCALES else ""
        if self.test["measure"] == "difference":
            margin = f"{above}-{below}" + ("" if suffix == "_share" else f"-{asked}")
        else:
            margin = f"{scale}{above}-{asked}*{below}"
        return margin if self.test["comparison"] == "at_least" else f"-({margin})"

    def _result(self, year: int) -> Cell | None:
        result = self.result(year)
        if result is None:
            return None
        if not self._is_known(year):
            return Cell(f"{RESULTS['unknown']}: {result['reason']}")
        judged = f'IF(ROUND({self._margin(year)},7)>=0,"pass","fail")'
        if self.test["measure"] != "difference":
            judged = f'IF({self.at("denominator", year)}<=0,"{RESULTS["not_applicable"]}",{judged})'
        return Cell(RESULTS[result["result"]], judged)

    # ---- The rate revenue at which it just passes

    def _moving(self, one: _Counted, year: int) -> str | None:
        """What a line moves by for each dollar of rates."""
        if one.line is None:
            return None
        paid_out = {
            name: f"{self.sheets.assumed(name, year, self.sheet)}/100"
            if name != "pilot_percent" or self.fund.is_open(year)
            else "0"
            for name in ("uncollectible_percent", "pilot_percent")
        }
        sign = "" if one.sign > 0 else "-"
        if one.line.category == "rate_revenue":
            return self._moving_rates(one, sign, year)
        if one.line.key == UNCOLLECTIBLE:
            return f"{sign}{paid_out['uncollectible_percent']}"
        if one.line.key == ENDING:
            return f"{sign}(1-{paid_out['uncollectible_percent']}-{paid_out['pilot_percent']})"
        if one.line.line == self.fund.facts["pilot_line"]:
            return f"{sign}{paid_out['pilot_percent']}"
        return None

    def _moving_rates(self, one: _Counted, sign: str, year: int) -> str | None:
        """All of the rates, or the part that a single line of the books is of them."""
        if one.line.key == TOTAL:
            return f"{sign}1"
        if self.fund.is_open(year):
            return f"{sign}1" if one.line.key == RATES else None
        total = self.sheets.years.at(f"{self.path}|{TOTAL}", year, self.sheet)
        return f"IF({total}=0,0,{self.at(one.key, year)}/{total})"

    def _share_value(self, side: str, year: int) -> float:
        uncollectible = self.sheets.rate("uncollectible_percent", year) / 100
        pilot = self.sheets.rate("pilot_percent", year) / 100 if self.fund.is_open(year) else 0.0
        total = 0.0
        for one in self.counted[side]:
            if one.line is None:
                continue
            if one.line.key == TOTAL:
                total += one.sign
            elif one.line.category == "rate_revenue":
                row = self.sheets.row(one.line.key, year, self.path)
                total += one.sign * float(row["rate_share"]) if row else 0
            elif one.line.key == UNCOLLECTIBLE:
                total += one.sign * uncollectible
            elif one.line.key == ENDING:
                total += one.sign * (1 - uncollectible - pilot)
            elif one.line.line == self.fund.facts["pilot_line"]:
                total += one.sign * pilot
        return total

    def _share(self, side: str) -> Cells:
        def cells(year: int) -> Cell | None:
            if not self._is_known(year):
                return None
            parts = [part for one in self.counted[side] if (part := self._moving(one, year))]
            formula = "+".join(parts).replace("+-", "-")
            return Cell(self._share_value(side, year), formula) if parts else Cell(0)

        return cells

    def _fixed(self, side: str) -> Cells:
        """The side less what moves with the rates, line by line to the cent."""

        def cells(year: int) -> Cell | None:
            if not self._is_known(year):
                return None
            rates = self.sheets.years.at(f"{self.path}|{TOTAL}", year, self.sheet)
            formula, value = self.at(side, year), self.result(year)[f"{side}_usd"]
            for one in self.counted[side]:
                moving = self._moving(one, year)
                if moving is None:
                    continue
                cell, row = self.at(one.key, year), self._row(one, year)
                value -= one.sign * (
                    row["amount_usd"] - row["fixed_usd"] if row else self._usd(one.line, year)
                )
                # Shares of the rates, and nothing else, have nothing fixed.
                kept = ""
                if one.line.key == ENDING:
                    kept = f"+ROUND({cell}-{rates}*({moving}),2)"
                elif one.line.line == self.fund.facts["pilot_line"] and self.fund.is_open(year):
                    kept = f"+IF({self.sheets.assumed('pilot_percent', year, self.sheet)}>0,0,{cell})"
                elif one.line.line == self.fund.facts["pilot_line"]:
                    kept = f"+{cell}"
                formula += f"-{cell}{kept}"
            return Cell(value, formula)

        return cells

    def _row(self, one: _Counted, year: int) -> Fact | None:
        return None if one.line.key == TOTAL else self.sheets.row(one.line.key, year, self.path)

    def _required(self, year: int) -> Cell | None:
        result = self.result(year)
        if result is None or not self._is_known(year):
            return None
        share = self._margin(year, "_share")
        solved = f'IF(ROUND({share},12)>0,ROUND(-({self._margin(year, "_fixed")})/({share}),2),"")'
        if self.test["measure"] != "difference":
            solved = f'IF({self.at("denominator", year)}<=0,"",{solved})'
        return Cell(result["required_rate_revenue_usd"], solved)


def _matches(line: Line, term: Fact) -> bool:
    """Whether a term of a test counts a line."""
    code = line.line if term["term_kind"] == "line" else line.category
    if code != term["term"]:
        return False
    qualifier = term["qualifier"]
    return qualifier is None or (qualifier == "pledged" and line.is_pledged) or qualifier == line.lien
