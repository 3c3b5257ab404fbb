"""Sufficiency with known answers through the real path: extracts and YAML in, ingested, the marts out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.support.finance_cases import (
    COLUMNS,
    PARIS,
    PARIS_TESTS,
    PRINTED_COVERAGE,
    SAN_LEANDRO_LINES,
    SMALL,
    TABLE,
    YEAR,
    paris,
    san_leandro,
    san_leandro_table,
    small_town,
    small_towns,
)
from tests.support.finance_warehouse import MARTS, rows_of
from tests.support.ingesting import Desk
from tests.support.models import warehouse_on

HUNDREDTH = Decimal("0.01")
YEARS = range(2018, 2025)
# A row of the published table that is a total, to its row of rpt_cash_flow.
TOTALS = {
    "Beginning balance": "beginning_balance:beginning_balance",
    "Total revenue": "total:total_revenue",
    "Surplus/(shortfall)": "total:surplus",
    "Ending": "ending_balance:ending_balance",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """Every case as a utility of its own, delivered and loaded."""
    desk = Desk(tmp_path_factory.mktemp("sufficiency_cases"))
    computed = san_leandro("san_leandro_computed", has_interest=False)
    for town in (*small_towns().values(), san_leandro(), computed, paris()):
        town.deliver(desk)
    report = desk.ingest()
    assert not report.refused and not report.rejected, report
    return warehouse_on(Path(desk.workspace.raw_database), MARTS)


def _hundredths(value: Decimal) -> Decimal:
    return value.quantize(HUNDREDTH, "ROUND_HALF_UP")


def _result(warehouse: duckdb.DuckDBPyConnection, utility_id: str, test_id: str, year: int) -> dict:
    where = f"path = 'existing_rates' AND test_id = '{test_id}' AND fiscal_year = {year}"
    (row,) = rows_of(warehouse, "rpt_sufficiency", utility_id, where)
    return row


# One revenue requirement, every variant of the adjustment


@pytest.mark.parametrize("case", SMALL, ids=lambda case: f"{case['case']}-{case['quantity']}")
def test_one_requirement_in_every_variant(warehouse, case):
    utility_id, quantity = small_town(case), case["quantity"]
    if quantity == "dsc_at_existing_rates":
        found = _result(warehouse, utility_id, "coverage", YEAR)["value"]
    else:
        (row,) = rows_of(warehouse, "rpt_sufficiency_answers", utility_id, f"fiscal_year = {YEAR}")
        found = row[COLUMNS.get(quantity, quantity)]
    assert _hundredths(found) == Decimal(case["expected"])


def test_the_requirement_is_the_sum_of_its_lines(warehouse):
    for utility_id in small_towns():
        (answer,) = rows_of(warehouse, "rpt_sufficiency_answers", utility_id, f"fiscal_year = {YEAR}")
        lines = rows_of(warehouse, "rpt_revenue_requirement", utility_id, f"fiscal_year = {YEAR}")
        assert sum(line["need_usd"] for line in lines) == answer["need_usd"], utility_id


def test_a_test_is_the_sum_of_its_lines(warehouse):
    """3,500,000 and 200,000 less 2,400,000 over 900,000; the rent is not pledged."""
    where = f"path = 'existing_rates' AND test_id = 'coverage' AND fiscal_year = {YEAR}"
    lines = rows_of(warehouse, "rpt_sufficiency_lines", "base", where)
    sides = {"numerator": Decimal("1300000"), "denominator": Decimal("900000")}
    for side, expected in sides.items():
        found = [line for line in lines if line["side"] == side]
        assert sum(line["sign"] * line["amount_usd"] for line in found) == expected
    assert "rent" not in {line["line"] for line in lines}


# The published table of San Leandro


def _cash_flow(warehouse: duckdb.DuckDBPyConnection, utility_id: str) -> dict[tuple[str, int], Decimal]:
    """Row of the multi-year table and fiscal year to dollars."""
    rows = rows_of(warehouse, "rpt_cash_flow", utility_id, "path = 'existing_rates' AND unit = 'usd'")
    return {(row["line"], row["fiscal_year"]): row["amount_usd"] for row in rows}


def _printed(name: str) -> str:
    """A line of the published table as rpt_cash_flow names it."""
    if name in TOTALS:
        return TOTALS[name]
    code, category, _ = SAN_LEANDRO_LINES[name]
    return "rate_revenue:rate_revenue" if category == "rate_revenue" else f"{category}:{code}"


SPENT = ("operating_expense", "transfer", "debt_service", "rate_funded_capital")


@pytest.mark.parametrize(
    "row",
    [row for row in TABLE if row["line"] != "Total expenditure"],
    ids=lambda row: f"{row['line']}-{row['fiscal_year']}",
)
def test_the_table_of_san_leandro(warehouse, row):
    """To the cent; totals and balances within the dollar to which each was printed."""
    found = _cash_flow(warehouse, "san_leandro")[_printed(row["line"]), int(row["fiscal_year"])]
    assert abs(found - Decimal(row["value_usd"])) <= (1 if row["line"] in TOTALS else 0)


def test_what_san_leandro_spends(warehouse):
    flow, expected = _cash_flow(warehouse, "san_leandro"), san_leandro_table()["Total expenditure"]
    for year in YEARS:
        spent = sum(usd for (line, of), usd in flow.items() if of == year and line.split(":")[0] in SPENT)
        assert abs(spent - expected[year]) <= 1


def test_balances_of_san_leandro_roll_forward(warehouse):
    """What a year begins with is what the year before ended with."""
    flow = _cash_flow(warehouse, "san_leandro")
    for year in YEARS[1:]:
        before = flow["ending_balance:ending_balance", year - 1]
        assert flow["beginning_balance:beginning_balance", year] == before


@pytest.mark.parametrize(("test_id", "printed"), PRINTED_COVERAGE.items())
def test_both_coverages_of_san_leandro(warehouse, test_id, printed):
    found = [_result(warehouse, "san_leandro", test_id, year)["value"] for year in YEARS]
    assert [str(_hundredths(value)) for value in found] == printed


def test_interest_of_san_leandro_is_a_percent_of_the_opening_balance(warehouse):
    """Left out of the extracts for 2020 to 2024, it comes out as published."""
    flow, expected = _cash_flow(warehouse, "san_leandro_computed"), san_leandro_table()["Interest income"]
    found = [flow["non_operating_revenue:interest_income", year] for year in YEARS]
    assert [value.quantize(Decimal(1), "ROUND_HALF_UP") for value in found] == list(expected.values())


# One net revenue of Paris, Texas, over three denominators


@pytest.mark.parametrize("case", PARIS, ids=lambda case: case["denominator"])
def test_one_net_revenue_over_three_denominators(warehouse, case):
    row = _result(warehouse, "paris", PARIS_TESTS[case["denominator"]], YEAR)
    assert row["numerator_usd"] == Decimal(case["net_revenue_usd"])
    assert row["denominator_usd"] == Decimal(case["debt_service_usd"])
    assert _hundredths(row["value"]) == Decimal(case["expected_dsc"])
