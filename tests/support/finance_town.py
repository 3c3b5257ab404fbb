"""The finances of one fund: what a test writes is delivered as extracts and YAML, or judged by the oracle.

Amounts are of whole fiscal years. The city has the starter's policy; its books are delivered the day that the
last actual year is over, so that the year after it is the first open one.
"""

from __future__ import annotations

import tempfile
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml

from ingest.policy import load_policy
from ingest.policy_files import read_files
from ingest.policy_rows import policy_rows
from ratehouse.workspace import Workspace
from tests.oracle.fund import ChartLine, Fund, Payment, Project
from tests.oracle.sufficiency import SufficiencyTest, Term
from tests.support.ingesting import Desk
from tests.support.new_city import Extracts, start_city

OWNED = {"owner": "Finance", "assumed_on": date(2025, 1, 1), "assumed": True}
PILOT_TREATMENT = "  pilot_treatment: {value: transfer, assumed: true}"

Values = Mapping[int, object] | object

CASH = {
    "test_id": "cash",
    "measure": "difference",
    "numerator": ["rate_revenue", "-uncollectible", "other_operating_revenue", "non_operating_revenue"],
    "denominator": ["operating_expense", "debt_service", "rate_funded_capital", "transfer"]
    + ["reserve_contribution"],
    "at_least": "0",
}
NET_REVENUE = ["rate_revenue.pledged", "-uncollectible", "other_operating_revenue.pledged"]
NET_REVENUE += ["non_operating_revenue.pledged", "-operating_expense"]
COVERAGE = {"test_id": "coverage", "numerator": NET_REVENUE, "denominator": ["debt_service"]}
COVERAGE |= {"at_least": "target_coverage"}


class FinanceTown:
    """One fund of one utility. Every method adds to its books or its policy.

    Args:
        utility_id: the utility.
        open_year: the first fiscal year without actual books.
        start_month: the month in which a fiscal year begins; it is named by the year in which it ends.
    """

    def __init__(self, utility_id: str = "river", open_year: int = 2026, start_month: int = 7) -> None:
        self.utility_id = utility_id
        self.fund = "sewer"
        self.open_year = open_year
        self.start_month = start_month
        self.pilot_treatment = "transfer"
        self.chart: dict[str, tuple[str, bool]] = {}
        self.rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.assumptions: dict[str, dict[int, Decimal]] = {}
        self.tests: list[dict[str, object]] = []
        self.measured: dict[str, object] = {}
        self.delivered_on = self.year_end(open_year - 1)

    # Books

    def line(self, line: str, category: str, is_pledged: bool = False) -> str:
        """An entry of the chart of lines."""
        self.chart[line] = (category, is_pledged)
        row = {"line": line, "title": line.replace("_", " ").capitalize(), "category": category}
        self.rows["chart_of_lines"].append(
            {**row, "pledged": str(is_pledged).lower(), "sort": len(self.chart)}
        )
        return line

    def book(self, line: str, scenario: str, amounts: Mapping[int, object]) -> None:
        """What the ledger says of a line, by fiscal year."""
        for year, amount in amounts.items():
            row = {"fund": self.fund, "fiscal_year": year, "period": 0, "line": line, "scenario": scenario}
            self.rows["ledger_balances"].append({**row, "amount": amount})

    def pay_debt(self, issue_id: str, lien: str, paid_on: date, principal: object, interest="0.00") -> None:
        """A payment of the debt schedule."""
        row = {"issue_id": issue_id, "fund": self.fund, "lien": lien, "payment_on": paid_on}
        self.rows["debt_service"].append({**row, "principal": principal, "interest": interest})

    def project(self, project_id: str, year: int, amount: object, funding: str) -> None:
        """A year of a project of the capital plan."""
        row = {"project_id": project_id, "title": project_id, "fund": self.fund, "fiscal_year": year}
        self.rows["capital_plan"].append({**row, "amount": amount, "funding": funding})

    def cash(self, year: int, unrestricted: object, restricted: object = "0.00") -> None:
        """The balances at the end of a fiscal year."""
        row = {"fund": self.fund, "as_of": self.year_end(year), "unrestricted": unrestricted}
        self.rows["cash_balances"].append({**row, "restricted": restricted})

    def year_end(self, year: int) -> date:
        """The last day of a fiscal year."""
        month = (self.start_month - 2) % 12 + 1
        return date(year, month, monthrange(year, month)[1])

    def fiscal_year(self, day: date) -> int:
        return day.year + (1 if day > self.year_end(day.year) else 0)

    # What bills would show; only where models are given rows (`finance_warehouse`)

    def bills_show(
        self,
        test_year: int,
        existing: Decimal,
        share: Decimal,
        uncollectible: Decimal,
        weights: list[Decimal],
    ) -> None:
        """What is measured from them.

        Args:
            test_year: the fiscal year whose bills were priced.
            existing: its revenue at existing rates.
            share: the part of it by volume.
            uncollectible: percent of billed revenue that is never paid.
            weights: for each month of the fiscal year the part of a year's bills for service from then on.
        """
        self.measured = {
            "existing": (test_year, existing),
            # The forecast takes the share as a percentage of six decimals.
            "measured_share": (share * 100).quantize(Decimal("0.000001"), "ROUND_HALF_UP") / 100,
            "measured_uncollectible": uncollectible,
            "weights": dict(enumerate(weights, start=1)),
        }

    # Policy

    def assume(self, name: str, values: Values, **more: Values) -> None:
        """Assumptions by fiscal year; one value holds from the first open year on."""
        for one, given in {name: values, **more}.items():
            by_year = given if isinstance(given, Mapping) else {self.open_year: given}
            self.assumptions[one] = {year: Decimal(str(value)) for year, value in by_year.items()}

    def test(self, *tests: Mapping[str, object]) -> None:
        """Tests as `assumptions.yml` has them."""
        usual = {"measure": "ratio", "is_required": True, "sets_rates": True}
        self.tests += [{"title": str(test["test_id"]), **usual, **test} for test in tests]

    def assumptions_yml(self) -> str:
        """The file."""
        given = [
            {"scenario": "base", "name": name, "funds": [self.fund], **OWNED,
             "years": {str(year): format(value, "f") for year, value in values.items()}}
            for name, values in self.assumptions.items()
        ]  # fmt: skip
        tests = [{"funds": [self.fund], **OWNED, **test} for test in self.tests]
        content = {"scenarios": [{"scenario": "base", "title": "Rates as adopted"}], "assumptions": given}
        return yaml.safe_dump({**content, "tests": tests} if tests else content, sort_keys=False)

    def write_policy(self, workspace: Workspace) -> Path:
        """The utility's folder: the starter, and what this town says."""
        folder = start_city(workspace, self.utility_id, self.fund)
        _replace(folder / "utility.yml", "fund: water", f"fund: {self.fund}")
        _replace(folder / "utility.yml", "account_fund: {value: water", f"account_fund: {{value: {self.fund}")
        _replace(
            folder / "utility.yml", "start_month: {value: 7", f"start_month: {{value: {self.start_month}"
        )
        _replace(
            folder / "policies.yml",
            PILOT_TREATMENT,
            PILOT_TREATMENT.replace("transfer", self.pilot_treatment),
        )
        (folder / "assumptions.yml").write_text(self.assumptions_yml())
        return folder

    # Ways into a warehouse

    def deliver(self, desk: Desk) -> None:
        """Writes and loads the policy, and delivers the extracts."""
        self.write_policy(desk.workspace)
        load_policy(desk.workspace, self.utility_id)
        extracts = Extracts()
        extracts.rows.update(self.rows)
        extracts.deliver(desk, self.utility_id)
        desk.deliver("delivery.yml", f"delivered_on: {self.delivered_on}\n", self.utility_id)

    def raw_rows(self) -> dict[str, list[dict[str, object]]]:
        """The same as rows of raw tables, as ingest would write them."""
        with tempfile.TemporaryDirectory() as folder:
            policy, problems = read_files(self.write_policy(Workspace.at(folder)))
        assert not problems, problems
        load = {"load_id": 1, "entity": "ledger_balances", "origin": "delivered", "status": "loaded"}
        tables = {**self.rows, **policy_rows(policy)}
        tables["loads"] = [{**load, "delivered_on": self.delivered_on}]
        return {
            table: [{**row, "utility_id": self.utility_id} for row in rows] for table, rows in tables.items()
        }

    # The judge's view

    def known(self) -> Fund:
        """The fund as the oracle takes it."""
        return Fund(
            chart={line: ChartLine(*entry) for line, entry in self.chart.items()},
            ledger={
                (row["scenario"], row["fiscal_year"], row["line"]): _usd(row["amount"])
                for row in self.rows["ledger_balances"]
            },
            debt=list(self._payments()),
            capital=[
                Project(row["project_id"], row["fiscal_year"], _usd(row["amount"]), row["funding"])
                for row in self.rows["capital_plan"]
            ],
            cash={
                self.fiscal_year(row["as_of"]): _usd(row["unrestricted"])
                for row in self.rows["cash_balances"]
            },
            assumptions=self.assumptions,
            pilot_is_operating_expense=self.pilot_treatment == "operating_expense",
            **self.measured,
        )

    def _payments(self) -> Iterable[Payment]:
        """By issue and fiscal year."""
        paid: dict[tuple[str, str, int], Decimal] = defaultdict(lambda: Decimal("0.00"))
        for row in self.rows["debt_service"]:
            key = (row["issue_id"], row["lien"], self.fiscal_year(row["payment_on"]))
            paid[key] += _usd(row["principal"]) + _usd(row["interest"])
        return (Payment(*key, usd) for key, usd in paid.items())

    def known_tests(self) -> list[SufficiencyTest]:
        """The tests as the oracle takes them."""
        return [_known_test(test) for test in self.tests]


def _known_test(test: Mapping[str, object]) -> SufficiencyTest:
    comparison = "at_least" if "at_least" in test else "at_most"
    target, band = str(test[comparison]), test.get("band_percent")
    return SufficiencyTest(
        test_id=test["test_id"],
        numerator=tuple(_term(text) for text in test["numerator"]),
        denominator=tuple(_term(text) for text in test.get("denominator", ())),
        measure=test.get("measure", "ratio"),
        target=target if target[0].isalpha() else Decimal(target),
        comparison=comparison,
        debt_service=test.get("debt_service", "annual"),
        band_percent=Decimal(band) if band else None,
        is_required=test.get("is_required", True),
        sets_rates=test.get("sets_rates", True),
    )


def _term(text: str) -> Term:
    """`[-]category[.qualifier]` or `[-]line:code`."""
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text)
    if text.startswith("line:"):
        return Term(text.removeprefix("line:"), sign, is_line=True)
    what, _, qualifier = text.partition(".")
    return Term(what, sign, qualifier=qualifier or None)


def _usd(amount: object) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, (path, old)
    path.write_text(text.replace(old, new))
