"""The sheet of a fund's capital plan and debt: what is built and how it is paid, debt to its last payment."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from reports.grid import YEARS_ROW, Cell, xl_rowcol_to_cell
from reports.rate_sheets import GIVEN, FundSheets, Line
from reports.rate_study import ADOPTED, Fund

LONGEST_TERM = 30
AFTER_PLAN = "after_plan"
FUNDINGS = {
    "rates": "paid from rates",
    "debt": "borrowed",
    "grant": "grants",
    "reserve": "paid from reserves",
}


def last_year_of(fund: Fund) -> int:
    """The last year with a payment of debt, and room for what a longer term would bring."""
    paid = [year for (_, _, year) in fund.lines]
    borrows = any(row["funding"] == "debt" for row in fund.plan)
    return max([*paid, fund.last_year + (LONGEST_TERM if borrows else 0)])


def category_of(funding: str) -> str:
    """The category that a funding of the plan goes to."""
    return "rate_funded_capital" if funding == "rates" else f"{funding}_funded_capital"


def ahead(liens: tuple[str | None, ...], year: int) -> str:
    """The key of the row of what is still to be paid of the debt outstanding in a year."""
    return f"ahead|{'+'.join(lien or 'all' for lien in liens)}|{year}"


def paid_ahead(sheets: FundSheets, liens: tuple[str | None, ...], year: int) -> dict[int, Decimal]:
    """Payments by year, from a year on, of issues that have a payment by the next year."""
    lines = [
        (key, at, row)
        for (path, key, at), row in sheets.fund.lines.items()
        if path == ADOPTED and row["category"] == "debt_service" and (None in liens or row["lien"] in liens)
    ]
    first: dict[str, int] = {}
    for key, at, _ in lines:
        first[key] = min(at, first.get(key, at))
    paid: dict[int, Decimal] = {}
    for key, at, row in lines:
        if at >= year and first[key] <= year + 1:
            paid[at] = paid.get(at, Decimal(0)) + row["amount_usd"]
    return paid


def lay_out(sheets: FundSheets) -> None:
    """Puts the rows of plan, capital and debt on the sheet."""
    _Capital(sheets).lay_out()


class _Capital:
    def __init__(self, sheets: FundSheets) -> None:
        self.sheets, self.fund, self.sheet = sheets, sheets.fund, sheets.capital
        self.first, self.last = sheets.table_years[0], sheets.table_years[-1]
        self.plan: dict[tuple[str, str], dict[int, Decimal]] = {}
        self.titles: dict[tuple[str, str], str] = {}
        for row in self.fund.plan:
            key = (row["funding"], row["project_id"])
            self.titles[key] = row["title"]
            amounts = self.plan.setdefault(key, {})
            amounts[row["fiscal_year"]] = amounts.get(row["fiscal_year"], Decimal(0)) + row["amount_usd"]
        self.last_plan_year = max((year for amounts in self.plan.values() for year in amounts), default=None)
        self.growth: dict[int, float] = {}
        self.issues: dict[str, tuple[str | None, int]] = {}

    def lay_out(self) -> None:
        if self.plan:
            self._planned()
            self._paid()
        self._debt()

    # ---- The plan

    def _planned(self) -> None:
        sheet = self.sheet
        sheet.head("Capital plan, dollars of their own year")
        for (funding, project), amounts in self.plan.items():
            title = f"{self.titles[funding, project]} ({FUNDINGS.get(funding, funding)})"
            sheet.add(f"plan|{funding}|{project}", title, self._amounts(funding, amounts), unit=project)
        if self._rates_at_the_end():
            sheet.add(
                "growth",
                "What building costs have risen since the plan's last year",
                self._growth,
                look="factor",
                is_figure=False,
            )
            sheet.add(
                f"plan|rates|{AFTER_PLAN}",
                "Capital after the plan, as in its last year (paid from rates)",
                self._after_plan,
                unit=AFTER_PLAN,
                is_figure=False,
            )
            self.titles["rates", AFTER_PLAN] = "Capital after the plan, as in its last year"
        sheet.add("moves", "Is built in fiscal year", self._moves, look="month", is_figure=False)
        sheet.add("share", "Share of the plan that is built", self._share, look="factor", is_figure=False)

    def _amounts(self, funding: str, amounts: dict[int, Decimal]) -> Callable[[int], Cell | None]:
        def cells(year: int) -> Cell | None:
            # What the books give as paid from rates wins over the plan.
            is_told = funding == "rates" and (not self.fund.is_open(year) or self._is_given(year))
            if year not in self.fund.kinds or is_told:
                return None
            amount = amounts.get(year)
            return Cell(amount if amount is not None else 0, is_input=self.fund.is_open(year))

        return cells

    def _is_given(self, year: int) -> bool:
        return any(
            path == ADOPTED
            and at == year
            and row["category"] == "rate_funded_capital"
            and row["origin"] in GIVEN
            for (path, _, at), row in self.fund.lines.items()
        )

    def _rates_at_the_end(self) -> list[str]:
        """Projects paid from rates, where the plan ends before the table does."""
        after = [year for year in self.sheets.open_years if year > self.last_plan_year]
        rates = [project for funding, project in self.plan if funding == "rates"]
        return rates if after else []

    def _growth(self, year: int) -> Cell | None:
        if year not in self.sheets.open_years or year <= self.last_plan_year:
            return None
        name = "inflation_percent.capital"
        is_known = (name, year) in self.fund.assumed
        rise = self.sheets.rate(name, year) / 100 if is_known else 0.0
        cell = f"(1+{self.sheets.assumed(name, year, self.sheet)}/100)" if is_known else "1"
        before = self.growth.get(year - 1)
        self.growth[year] = (before if before is not None else 1.0) * (1 + rise)
        return Cell(
            self.growth[year],
            cell if before is None else f"{self.sheet.at('growth', year - 1, self.sheet)}*{cell}",
        )

    def _after_plan(self, year: int) -> Cell | None:
        if year not in self.sheets.open_years or year <= self.last_plan_year or self._is_given(year):
            return None
        keys = [f"plan|rates|{project}" for project in self._rates_at_the_end()]
        total = sum(
            (
                amounts.get(self.last_plan_year, Decimal(0))
                for (funding, _), amounts in self.plan.items()
                if funding == "rates"
            ),
            Decimal(0),
        )
        if self.last_plan_year in self.fund.kinds and self.fund.is_open(self.last_plan_year):
            base = "(" + "+".join(self.sheet.at(key, self.last_plan_year, self.sheet) for key in keys) + ")"
        else:
            base = str(total)
        return Cell(float(total) * self.growth[year], f"{base}*{self.sheet.at('growth', year, self.sheet)}")

    def _moves(self, year: int) -> Cell | None:
        if year not in self.fund.kinds:
            return None
        here = xl_rowcol_to_cell(YEARS_ROW, self.sheet.column(year))
        if self.fund.kinds[year] != "projection":
            return Cell(year, here)
        delay = int(self.fund.assumed["capital_delay_years", year])
        return Cell(year + delay, f"{here}+{self.sheets.assumed('capital_delay_years', year, self.sheet)}")

    def _share(self, year: int) -> Cell | None:
        if year not in self.fund.kinds:
            return None
        if self.fund.kinds[year] != "projection":
            return Cell(1)
        name = "capital_share_percent"
        return Cell(self.sheets.rate(name, year) / 100, f"{self.sheets.assumed(name, year, self.sheet)}/100")

    # ---- What is paid in each year

    def _paid(self) -> None:
        self.sheet.head("Capital as it is paid: the plan, later and smaller where the assumptions say so")
        moved, share = (self.sheet.span(key, self.first, self.last, self.sheet) for key in ("moves", "share"))
        for (funding, project), title in self.titles.items():
            category = category_of(funding)
            key = f"{category}:project:{project}"
            planned = self.sheet.span(f"plan|{funding}|{project}", self.first, self.last, self.sheet)
            self.sheet.add(
                key,
                f"{title} ({FUNDINGS.get(funding, funding)})",
                self._moved(key, moved, planned, share),
                unit=project,
            )
            self.sheets.lines[key] = Line(key, title, category, f"project:{project}", False, None)

    def _moved(self, key: str, moved: str, planned: str, share: str) -> Callable[[int], Cell | None]:
        def cells(year: int) -> Cell | None:
            is_rates = key.startswith("rate_funded")
            if year not in self.fund.kinds or (
                is_rates and (not self.fund.is_open(year) or self._is_given(year))
            ):
                return None
            here = xl_rowcol_to_cell(YEARS_ROW, self.sheet.column(year))
            return Cell(
                self.sheets.usd(key, year), f"ROUND(SUMPRODUCT(({moved}={here})*{planned}*{share}),2)"
            )

        return cells

    # ---- Debt

    def _debt(self) -> None:
        sheet, lien = self.sheet, self.fund.facts["new_debt_lien"]
        borrowed = [key for key in self.sheets.lines if key.startswith("debt_funded_capital:")]
        issues = {
            key: row
            for (path, key, _), row in self.fund.lines.items()
            if path == ADOPTED and row["category"] == "debt_service" and not _is_new(row["line"])
        }
        if not issues and not borrowed:
            return
        sheet.head("Payments of debt, principal and interest, to the last")
        by_lien: dict[str | None, list[str]] = {}
        for key, row in sorted(issues.items(), key=lambda issue: (issue[1]["sort"], issue[0])):
            sheet.add(key, row["title"], self.sheets.cost_cells(key, sheet, key), unit=row["lien"] or "")
            self.sheets.lines[key] = Line(key, row["title"], "debt_service", row["line"], False, row["lien"])
            by_lien.setdefault(row["lien"], []).append(key)
            paid = [year for (path, one, year) in self.fund.lines if path == ADOPTED and one == key]
            self.issues[key] = row["lien"], min(paid)
        if borrowed:
            sheet.add("borrowed", "Borrowed in the year", self._borrowed(borrowed), is_total=True)
            sheet.add(
                "payment", "What that costs a year from the next one on", self._payment, is_figure=False
            )
            for issued in self.sheets.open_years:
                key = f"new|{issued}"
                sheet.add(
                    key, f"Payments of what is borrowed in {issued}", self._new(issued, lien), unit=lien
                )
                by_lien.setdefault(lien, []).append(key)
                self.issues[key] = lien, issued + 1
            key = "debt_service:to_come"
            sheet.add(key, "Debt to come", self._to_come(lien), is_total=True)
            self.sheets.lines[key] = Line(key, "Debt to come", "debt_service", "to_come", False, lien)
        for one, keys in by_lien.items():
            if one is not None:
                sheet.add(f"lien|{one}", f"All debt, {one}", self._sum(keys, one), is_total=True)
        every = [key for keys in by_lien.values() for key in keys]
        sheet.add("lien|", "All debt", self._sum(every, None), is_total=True)
        self._outstanding()

    def _outstanding(self) -> None:
        """What is still to be paid of the debt that there is in a year: for its greatest or mean year."""
        asked = dict.fromkeys(
            liens
            for test in self.fund.tests
            if test["debt_service_basis"] in ("maximum", "average")
            for liens in _lien_sets(self.fund, test["test_id"])
        )
        if asked:
            self.sheet.head(
                "Payments of debt outstanding: an issue counts from the year before its first payment on"
            )
        for liens in asked:
            for year in self.sheets.table_years:
                issues = [
                    issue
                    for issue, (lien, first) in self.issues.items()
                    if first <= year + 1 and (None in liens or lien in liens)
                ]
                words = "" if None in liens else f", {', '.join(one for one in liens if one)}"
                title = f"Outstanding in fiscal year {year}{words}"
                self.sheet.add(ahead(liens, year), title, self._ahead(liens, year, issues))

    def _ahead(
        self, liens: tuple[str | None, ...], year: int, issues: list[str]
    ) -> Callable[[int], Cell | None]:
        paid = paid_ahead(self.sheets, liens, year)

        def cells(at: int) -> Cell | None:
            if at < year:
                return None
            cells = [self.sheet.at(issue, at, self.sheet) for issue in issues]
            return Cell(paid.get(at, Decimal(0)), f"SUM({','.join(cells)})" if cells else "0")

        return cells

    def _borrowed(self, keys: list[str]) -> Callable[[int], Cell | None]:
        def cells(year: int) -> Cell | None:
            if year not in self.sheets.open_years:
                return None
            total = sum((self.sheets.usd(key, year) for key in keys), Decimal(0))
            return Cell(total, "+".join(self.sheet.at(key, year, self.sheet) for key in keys))

        return cells

    def _payment(self, year: int) -> Cell | None:
        if year not in self.sheets.open_years:
            return None
        rate = f"({self.sheets.assumed('debt_interest_percent', year, self.sheet)}/100)"
        term = self.sheets.assumed("debt_term_years", year, self.sheet)
        borrowed = self.sheet.at("borrowed", year, self.sheet)
        level = f"IF({rate}=0,{borrowed}/{term},{borrowed}*{rate}/(1-(1+{rate})^-{term}))"
        paid = self.sheets.usd(f"debt_service:debt:{self.fund.facts['new_debt_lien']}:new_{year}", year + 1)
        return Cell(paid, f"IF({term}<=0,0,ROUND({level},2))")

    def _new(self, issued: int, lien: str) -> Callable[[int], Cell | None]:
        def cells(year: int) -> Cell | None:
            if year <= issued:
                return None
            here = xl_rowcol_to_cell(YEARS_ROW, self.sheet.column(year))
            term = self.sheets.assumed("debt_term_years", issued, self.sheet)
            payment = self.sheet.at("payment", issued, self.sheet)
            value = self.sheets.usd(f"debt_service:debt:{lien}:new_{issued}", year)
            return Cell(value, f"IF({here}-{issued}<={term},{payment},0)")

        return cells

    def _to_come(self, lien: str) -> Callable[[int], Cell | None]:
        keys = [f"new|{issued}" for issued in self.sheets.open_years]

        def cells(year: int) -> Cell | None:
            if year < self.sheets.open_years[0]:
                return None
            paid = (
                self.sheets.usd(f"debt_service:debt:{lien}:new_{issued}", year)
                for issued in self.sheets.open_years
            )
            return Cell(sum(paid, Decimal(0)), f"SUM({self.sheet.block(keys, year)})")

        return cells

    def _sum(self, keys: list[str], lien: str | None) -> Callable[[int], Cell | None]:
        def cells(year: int) -> Cell | None:
            rows = (
                row["amount_usd"]
                for (path, _, at), row in self.fund.lines.items()
                if path == ADOPTED
                and at == year
                and row["category"] == "debt_service"
                and lien in (None, row["lien"])
            )
            return Cell(
                sum(rows, Decimal(0)),
                "SUM({})".format(",".join(self.sheet.at(key, year, self.sheet) for key in keys)),
            )

        return cells


def _lien_sets(fund: Fund, test_id: str) -> list[tuple[str | None, ...]]:
    """Which debt a test counts together, by side and sign."""
    found: dict[tuple[str, int], list[str | None]] = {}
    for term in fund.terms[test_id]:
        if term["term"] == "debt_service":
            found.setdefault((term["side"], term["sign"]), []).append(term["qualifier"])
    return [tuple(liens) for liens in found.values()]


def _is_new(line: str) -> bool:
    return line.startswith("debt:") and line.rsplit(":", 1)[-1].startswith("new_")
