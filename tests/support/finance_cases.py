"""The cases of sufficiency with known answers as towns: each row's inputs, and what it expects.

The inputs of `sufficiency_small.csv` are in `tests/cases/README.md`. Every case is a utility of its own.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.support.finance_town import CASH, COVERAGE, NET_REVENUE, FinanceTown

CASES = Path(__file__).parents[1] / "cases"
YEAR = 2026


def cases(name: str) -> list[dict[str, str]]:
    """The rows of a file of cases."""
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# One revenue requirement, every variant of the adjustment

SMALL = cases("sufficiency_small.csv")
# Quantity to the column of rpt_sufficiency_answers; coverage itself stands in rpt_sufficiency.
COLUMNS = {
    "adjustment_with_1_5_pct_uncollectible_pct": "adjustment_full_year_pct",
    "adjustment_effective_9_months_pct": "adjustment_in_year_pct",
    "adjustment_before_draw_pct": "adjustment_full_year_pct",
}
# Rows of the case `base` that change an input stand in towns of their own.
TOWN_OF = {
    "adjustment_with_1_5_pct_uncollectible_pct": "uncollectible_1_5_pct",
    "adjustment_effective_9_months_pct": "nine_months",
    "adjustment_with_elasticity_pct": "elasticity",
}


def small_town(case: dict[str, str]) -> str:
    """The utility in which a row of `sufficiency_small.csv` is answered."""
    return TOWN_OF.get(case["quantity"], case["case"])


def small_towns() -> dict[str, FinanceTown]:
    """Utility to its town."""
    towns = {
        "base": _small("base"),
        "nine_months": _small("nine_months"),
        "elasticity": _small("elasticity"),
        "pilot_percent_of_rate_revenue": _small("pilot_percent_of_rate_revenue"),
        "pilot_is_operating_expense": _small("pilot_is_operating_expense"),
        "uncollectible_1_5_pct": _small("uncollectible_1_5_pct"),
        "reserve_draw_300000": _small("reserve_draw_300000"),
        "coverage_governs": _small("coverage_governs", debt="1800000", capital="100000", contribution=None),
    }
    # Effective in the fourth of twelve months: nine months of the year have the new rates.
    towns["nine_months"].assume("rate_effective_month", 4)
    towns["elasticity"].assume("elasticity", "-0.20", volumetric_share_percent=70)
    towns["pilot_percent_of_rate_revenue"].assume("pilot_percent", "9.08")
    towns["pilot_is_operating_expense"].pilot_treatment = "operating_expense"
    towns["uncollectible_1_5_pct"].assume("uncollectible_percent", "1.5")
    towns["reserve_draw_300000"].assume("planned_reserve_draw_usd", "300000")
    return towns


def _small(
    utility_id: str, debt: str = "900000", capital: str = "450000", contribution: str | None = "100000"
) -> FinanceTown:
    town = FinanceTown(utility_id, YEAR)
    amounts = {
        town.line("rates", "rate_revenue", is_pledged=True): "3500000",
        town.line("penalties", "other_operating_revenue", is_pledged=True): "200000",
        town.line("rent", "other_operating_revenue"): "20000",
        town.line("operations", "operating_expense"): "2400000",
        town.line("paygo", "rate_funded_capital"): capital,
        town.line("pilot", "transfer"): "150000",
        town.line("to_reserve", "reserve_contribution"): contribution,
    }
    for line, amount in amounts.items():
        if amount is not None:
            town.book(line, "budget", {YEAR: amount})
    town.pay_debt("series_a", "senior", date(YEAR, 1, 1), debt)
    town.cash(YEAR - 1, "2000000")
    town.assume("target_coverage", "1.25")
    town.test(CASH, COVERAGE)
    return town


# The published table of San Leandro

TABLE = cases("rate_study_san_leandro.csv")
FIRST, LAST_BUDGET, LAST = 2018, 2019, 2024
# The table's name of a line to its code and category; what is pledged here, others may not pledge.
SAN_LEANDRO_LINES = {
    "Sewer service charges": ("service_charges", "rate_revenue", True),
    "Other revenues": ("other_revenues", "other_operating_revenue", True),
    "GF loan repayment": ("gf_loan_repayment", "non_operating_revenue", False),
    "Interest income": ("interest_income", "non_operating_revenue", False),
    "Collection system": ("collection_system", "operating_expense", False),
    "WPCP operations": ("wpcp_operations", "operating_expense", False),
    "Admin support": ("admin_support", "operating_expense", False),
    "EBDA": ("ebda", "operating_expense", False),
    "EBMUD": ("ebmud", "operating_expense", False),
    "Transfers": ("transfers", "transfer", False),
    "Debt service": ("debt_service", "debt_service", False),
    "Capital projects": ("capital_projects", "rate_funded_capital", False),
}
ALL_REVENUE = ["rate_revenue", "-uncollectible", "other_operating_revenue", "non_operating_revenue"]
ON_CHARGES = {"test_id": "coverage_on_charges", "numerator": NET_REVENUE, "denominator": ["debt_service"]}
ON_ALL = {"test_id": "coverage_on_all_revenue", "denominator": ["debt_service"]}
ON_ALL |= {"numerator": [*ALL_REVENUE, "-operating_expense"]}
PRINTED_COVERAGE = {
    "coverage_on_charges": ["1.15", "1.36", "1.45", "1.80", "2.20", "2.64", "3.13"],
    "coverage_on_all_revenue": ["1.39", "1.64", "1.70", "2.05", "2.44", "2.88", "3.38"],
}


def san_leandro_table() -> dict[str, dict[int, Decimal]]:
    """The published table: line to dollars by year."""
    found: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for row in TABLE:
        found[row["line"]][int(row["fiscal_year"])] = Decimal(row["value_usd"])
    return found


def san_leandro(utility_id: str = "san_leandro", has_interest: bool = True) -> FinanceTown:
    """The table as a ledger of budgets and projections.

    Args:
        utility_id: the utility.
        has_interest: whether the city projects its interest; else it is 1 % of the opening balance.
    """
    town = FinanceTown(utility_id, FIRST)
    table = san_leandro_table()
    for name, (code, category, is_pledged) in SAN_LEANDRO_LINES.items():
        town.line(code, category, is_pledged)
        for year, amount in table[name].items():
            if year <= LAST_BUDGET or has_interest or code != "interest_income":
                town.book(code, "budget" if year <= LAST_BUDGET else "projection", {year: amount})
    town.cash(FIRST - 1, table["Beginning balance"][FIRST])
    if not has_interest:
        town.assume("interest_percent", 1)
    town.test(CASH, {**ON_CHARGES, "at_least": "1.25"}, {**ON_ALL, "at_least": "1.25"})
    return town


# One net revenue of Paris, Texas, over three denominators

PARIS = cases("coverage_paris_tx.csv")
PARIS_TESTS = {
    "average annual revenue-bond debt service": "average_revenue_bonds",
    "maximum annual debt service (MADS)": "maximum_revenue_bonds",
    "average annual including system-supported GO debt": "average_with_go",
}


def paris() -> FinanceTown:
    """Two years of payments whose mean and greatest are those of the published tables."""
    town = FinanceTown("paris", YEAR, start_month=10)
    town.book(town.line("rates", "rate_revenue", is_pledged=True), "budget", {YEAR: "10000000"})
    town.book(town.line("operations", "operating_expense"), "budget", {YEAR: "3855246"})
    for number, revenue_bonds in enumerate(("2182054", "932616")):
        paid_on = date(YEAR + number, 9, 30)
        town.pay_debt("revenue_bonds", "senior", paid_on, revenue_bonds)
        town.pay_debt("general_obligation", "go", paid_on, "836854")
    net = {"numerator": NET_REVENUE, "at_least": "1.25"}
    bonds = {**net, "denominator": ["debt_service.senior"]}
    both = {**net, "denominator": ["debt_service.senior", "debt_service.go"]}
    town.test(
        {"test_id": "average_revenue_bonds", **bonds, "debt_service": "average"},
        {"test_id": "maximum_revenue_bonds", **bonds, "debt_service": "maximum"},
        {"test_id": "average_with_go", **both, "debt_service": "average"},
    )
    return town
