"""Assumptions, tests and finance extracts as SQL reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingest.policy_checks import read_policy
from ingest.policy_rows import policy_rows
from ratehouse.workspace import PROJECT_ROOT
from tests.support.models import warehouse_in_memory

TABLES = ("scenarios", "assumptions", "sufficiency_tests", "sufficiency_terms")


@pytest.fixture(scope="module")
def warehouse():
    """The staged policy of Independence, and a payment of one issue."""
    policy = policy_rows(read_policy(PROJECT_ROOT / "data" / "utilities" / "independence")[0])
    rows = {
        name: [{"utility_id": "independence", **row} for row in policy[name]]
        for name in (f"policy_{table}" for table in TABLES)
    }
    rows["debt_service"] = [
        {
            "utility_id": "independence", "issue_id": "WPC-2014S", "fund": "sewer", "lien": "srf",
            "payment_on": "2021-07-01", "principal": "45.10", "interest": "1.05",
        }
    ]  # fmt: skip
    targets = [f"stg_policy__{table}" for table in TABLES]
    return warehouse_in_memory(rows, [*targets, "stg_extracts__debt_service"])


def test_an_assumption_is_split_from_its_fund_at_the_first_point(warehouse):
    found = warehouse.execute(
        "SELECT fund, assumption_name, assumption_value, is_assumed FROM staging.stg_policy__assumptions "
        "WHERE scenario = 'base' AND fiscal_year = 2024 "
        "AND assumption_name IN ('target_coverage.srf', 'inflation_percent.chemicals', 'pilot_percent') "
        "ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("electric", "pilot_percent", Decimal("9.08"), True),
        ("sewer", "inflation_percent.chemicals", Decimal("4"), True),
        ("sewer", "pilot_percent", Decimal("0"), True),
        ("sewer", "target_coverage.srf", Decimal("1.10"), True),
        ("trash", "pilot_percent", Decimal("0"), True),
        ("water", "inflation_percent.chemicals", Decimal("4"), True),
        ("water", "pilot_percent", Decimal("0"), True),
    ]


def test_a_test_keeps_its_terms_in_order_with_sign_and_lien(warehouse):
    terms = warehouse.execute(
        "SELECT side, sign, term_kind, term, qualifier FROM staging.stg_policy__sufficiency_terms "
        "WHERE fund = 'sewer' AND test_id = 'coverage_srf' ORDER BY side DESC, position"
    ).fetchall()
    assert terms == [
        ("numerator", 1, "category", "rate_revenue", "pledged"),
        ("numerator", -1, "category", "uncollectible", None),
        ("numerator", 1, "category", "other_operating_revenue", "pledged"),
        ("numerator", 1, "category", "non_operating_revenue", "pledged"),
        ("numerator", -1, "category", "operating_expense", None),
        ("numerator", -1, "category", "debt_service", "senior"),
        ("denominator", 1, "category", "debt_service", "srf"),
    ]
    (test,) = warehouse.execute(
        "SELECT measure, debt_service_basis, comparison, target_name, target_value, is_required, sets_rates "
        "FROM staging.stg_policy__sufficiency_tests WHERE fund = 'sewer' AND test_id = 'coverage_srf'"
    ).fetchall()
    assert test == ("ratio", "annual", "at_least", "target_coverage.srf", None, True, True)


def test_money_of_the_schedule_is_in_dollars(warehouse):
    (row,) = warehouse.execute(
        "SELECT lien, principal_usd, interest_usd FROM staging.stg_extracts__debt_service"
    ).fetchall()
    assert row == ("srf", Decimal("45.10"), Decimal("1.05"))
