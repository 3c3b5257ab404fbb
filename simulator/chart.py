"""The lines of the books, and the fiscal years that they stand in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulator import columns as col
from simulator.cities import CLASSES

# line, title, category, pledged, account of the general ledger, order
LINES = (
    ("rate_revenue", "Revenue from rates", "rate_revenue", True, "4110", 10),
    ("rate_revenue_residential", "Rates billed to homes", "rate_revenue", True, "4111", 11),
    ("rate_revenue_commercial", "Rates billed to businesses", "rate_revenue", True, "4112", 12),
    ("rate_revenue_industrial", "Rates billed to industry", "rate_revenue", True, "4113", 13),
    ("rate_revenue_municipal", "Rates billed to the city itself", "rate_revenue", True, "4114", 14),
    ("penalty_revenue", "Late penalties, less waivers", "other_operating_revenue", True, "4210", 20),
    ("other_revenue", "Other operating revenue", "other_operating_revenue", True, "4290", 22),
    ("interest_income", "Interest earned", "non_operating_revenue", True, "4510", 24),
    ("personnel", "Personnel", "operating_expense", False, "5110", 30),
    ("purchased", "Power, water and treatment purchased", "operating_expense", False, "5210", 31),
    ("chemicals", "Chemicals", "operating_expense", False, "5220", 32),
    ("contractual", "Contractual services", "operating_expense", False, "5310", 33),
    ("materials", "Materials and supplies", "operating_expense", False, "5410", 34),
    ("billing_collection", "Billing and collection, absorbed card fees included", "operating_expense", False,
     "5510", 35),
    ("administration", "Administration", "operating_expense", False, "5610", 36),
    ("depreciation", "Depreciation", "depreciation", False, "5910", 40),
    ("debt_service", "Debt service", "debt_service", False, "6110", 50),
    ("rate_funded_capital", "Capital paid from rates", "rate_funded_capital", False, "6210", 60),
    ("pilot", "Payment in lieu of taxes to the general fund", "transfer", False, "6310", 70),
    ("customer_credits", "Credits given to customers out of reserves", "transfer", False, "6320", 71),
    ("reserve_draw", "Reserves drawn for credits to customers", "reserve_draw", False, "6410", 80),
    ("receivable", "Customer receivable", "receivable", False, "1210", 90),
    ("allowance", "Allowance for uncollectible accounts", "allowance", False, "1219", 91),
    ("unbilled", "Service delivered and not yet billed", "unbilled", False, "1220", 92),
    ("cash", "Cash and investments", "cash", False, "1010", 94),
)  # fmt: skip
OPERATING = tuple(line for line, _, category, *_ in LINES if category == "operating_expense")
# The actual revenue is by customer class, each on a line that ends in its name; a budget has it in one.
RATE_LINES = {name: f"rate_revenue_{name}" for name in CLASSES}
Amounts = dict[tuple[str, str], int]


def fiscal(month: int, fiscal_start: int) -> tuple[int, int]:
    """Fiscal year and period of a month; a fiscal year is named by the year in which it ends."""
    calendar = month % 12 + 1
    year = 2000 + month // 12
    return (year + (calendar >= fiscal_start and fiscal_start > 1), (calendar - fiscal_start) % 12 + 1)


def chart_of_lines() -> pa.Table:
    """Rows of `chart_of_lines`."""
    lines, titles, categories, pledged, accounts, sort = zip(*LINES, strict=True)
    return pa.table(
        {
            "line": col.texts(lines),
            "title": col.texts(titles),
            "category": col.texts(categories),
            "pledged": col.booleans(np.array(pledged)),
            "gl_account": col.texts(accounts),
            "sort": col.integers(np.array(sort)),
        }
    )


def ledger_rows(amounts: Amounts, year: int, period: int, scenario: str) -> pa.Table:
    """Rows of `ledger_balances`."""
    count = len(amounts)
    return pa.table(
        {
            "fund": col.texts([fund for fund, _ in amounts]),
            "fiscal_year": col.integers(np.full(count, year)),
            "period": col.integers(np.full(count, period)),
            "line": col.texts([line for _, line in amounts]),
            "scenario": col.constant(scenario, count),
            "amount": col.money(np.array(list(amounts.values()), np.int64)),
        }
    )


def cash_rows(held: list[tuple[str, int, int, int]]) -> pa.Table:
    """Rows of `cash_balances`, of fund, day, and unrestricted and restricted cents."""
    funds, days, unrestricted, restricted = zip(*held, strict=True)
    return pa.table(
        {
            "fund": col.texts(funds),
            "as_of": col.dates(np.array(days)),
            "unrestricted": col.money(np.array(unrestricted, np.int64)),
            "restricted": col.money(np.array(restricted, np.int64)),
        }
    )
