"""Planted failures in the bill audit, in monthly revenue and in the proof of revenue are reported.

A planting is SQL on a small city that was right before. What is planted together does not hide each other.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from expectations.runner import check
from tests.warehouse.test_expectations_city import CITY, Planted, assert_reported, built_city, found, planting

MISTAKEN = "At most 1 % of the services that a tariff prices are billed wrong, cancelled bills aside"
UNEXPLAINED = "At most one service in a thousand is billed differently for a reason that is not found"
FROM_READS = "Where reads are delivered at least 95 % of the services are recomputed from them"
UNBILLED = (
    "At every complete month's end a service has between nothing and three usual months unbilled,"
    " suspended billing aside"
)
EMPTY = "No complete month without suspended billing has earned nothing between two that have"
RATES = "In every finished fiscal year the rates give what was billed for a service to within 1 %"
BOOKS = "In every finished fiscal year the books have what was billed for a service to within 1 %"


def audited(condition: str, assignment: str) -> str:
    return f"UPDATE marts.fct_bill_audit SET {assignment} WHERE {condition}"


def month(service: str, month_end_on: str, assignment: str) -> str:
    """Of all classes, of which the city has two."""
    return f"""UPDATE marts.fct_revenue_monthly SET {assignment}
        WHERE service = '{service}' AND month_end_on = '{month_end_on}'"""


def year(fiscal_year: int, service: str, assignment: str) -> str:
    return f"""UPDATE marts.rpt_proof_of_revenue SET {assignment}
        WHERE fiscal_year = {fiscal_year} AND service = '{service}'
            AND customer_class = 'all' AND component = 'all'"""


def _proof(service: str, assignment: str, sentence: str) -> Planted:
    row = {"utility_id": CITY, "fiscal_year": 2020, "service": service}
    return Planted("rpt_proof_of_revenue", year(2020, service, assignment), sentence, row=row)


GROUPS: dict[str, list[Planted]] = {
    "fct_bill_audit": [
        Planted(
            "fct_bill_audit",
            audited("bill_id = 'B-A000-2020-03' AND service = 'water'", "at_stake_usd = 5"),
            "Where a service is billed right nothing is at stake",
            "error",
            {"bill_id": "B-A000-2020-03", "service": "water"},
        ),
        Planted(
            "fct_bill_audit",
            audited("bill_id = 'B-A001-2020-03' AND service = 'sewer'", "difference_usd = 0.01"),
            "What was billed less what was recomputed is the difference",
            "error",
            {"bill_id": "B-A001-2020-03", "service": "sewer"},
        ),
        Planted(
            "fct_bill_audit",
            audited(
                "bill_id BETWEEN 'B-A002' AND 'B-A003'",
                "is_error = true, reason = 'wrong_usage', billed_usd = 20, at_stake_usd = 10",
            ),
            MISTAKEN,
            row={"account_id": "A002", "reason": "wrong_usage"},
        ),
        Planted(
            "fct_bill_audit",
            audited("bill_id = 'B-A010-2020-05'", "is_error = true, reason = 'unexplained'"),
            UNEXPLAINED,
            row={"bill_id": "B-A010-2020-05", "service": "sewer"},
        ),
        Planted(
            "fct_bill_audit",
            audited(
                "service = 'sewer' AND billed_on BETWEEN '2020-06-01' AND '2020-07-31'",
                "usage_source = 'bill'",
            ),
            FROM_READS,
            row={"service": "sewer", "usage_source": "bill"},
        ),
    ],
    "fct_revenue_monthly": [
        Planted(
            "fct_revenue_monthly",
            month("water", "2020-10-31", "unbilled_usd = 2401"),
            UNBILLED,
            row={"utility_id": CITY, "service": "water", "month_end_on": date(2020, 10, 31)},
        ),
        Planted(
            "fct_revenue_monthly",
            month("sewer", "2020-09-30", "earned_usd = 0"),
            EMPTY,
            row={"utility_id": CITY, "service": "sewer", "month_end_on": date(2020, 9, 30)},
        ),
    ],
    "fct_revenue_monthly, too much": [
        Planted(
            "fct_revenue_monthly",
            "UPDATE marts.fct_revenue_monthly SET earned_usd = 2 * earned_usd",
            "Over a year or more of complete months half to one and a half times what was billed is earned",
        ),
        Planted(
            "fct_revenue_monthly",
            month("sewer", "2020-05-31", "unbilled_usd = -0.01"),
            UNBILLED,
            row={"service": "sewer", "month_end_on": date(2020, 5, 31)},
        ),
    ],
    "rpt_proof_of_revenue": [
        _proof("water", "residual_usd = -192.01", RATES),
        _proof("sewer", "books_difference_usd = 144.01", BOOKS),
    ],
}

# What looks like a failure, and why it is none.
EXCUSED = {
    "bills that were cancelled": (
        "fct_bill_audit",
        MISTAKEN,
        [audited("billed_on < '2020-07-01'", "is_error = true, reason = 'wrong_usage', is_cancelled = true")],
    ),
    "no tariff": (
        "fct_bill_audit",
        FROM_READS,
        [audited("service = 'sewer'", "reason = 'no_tariff', usage_source = 'bill'")],
    ),
    "before the first reads": (
        "fct_bill_audit",
        FROM_READS,
        [
            "DELETE FROM marts.rpt_reads_monthly WHERE month_end_on < '2021-01-31'",
            audited("billed_on < '2021-02-28'", "usage_source = 'bill'"),
        ],
    ),
    "no reads at all": (
        "fct_bill_audit",
        FROM_READS,
        ["DELETE FROM marts.rpt_reads_monthly", audited("true", "usage_source = 'bill'")],
    ),
    "suspended billing": (
        "fct_revenue_monthly",
        UNBILLED,
        [
            month("water", "2020-10-31", "unbilled_usd = 9000, has_suspended_billing = true"),
            month("water", "2020-11-30", "unbilled_usd = 9000"),
        ],
    ),
    "nothing earned while billing was suspended": (
        "fct_revenue_monthly",
        EMPTY,
        [month("sewer", "2020-09-30", "earned_usd = 0, has_suspended_billing = true")],
    ),
    "a year that is not over": (
        "rpt_proof_of_revenue",
        RATES,
        [year(2021, "water", "residual_usd = 5000, books_difference_usd = 5000")],
    ),
    "a tariff that came within the year": (
        "rpt_proof_of_revenue",
        RATES,
        [
            year(2020, "water", "residual_usd = 5000"),
            "UPDATE marts.dim_tariffs SET effective_from_on = '2020-02-01' WHERE service = 'water'",
        ],
    ),
    "books of months before the first bill": (
        "rpt_proof_of_revenue",
        BOOKS,
        [
            year(2020, "water", "books_difference_usd = 5000"),
            "UPDATE marts.fct_revenue_monthly SET billed_usd = 0 WHERE month_end_on < '2020-04-01'",
        ],
    ),
}


@pytest.fixture
def city() -> duckdb.DuckDBPyConnection:
    return built_city()


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_planted_is_reported(city, group):
    assert_reported(city, GROUPS[group])


@pytest.mark.parametrize("excuse", EXCUSED)
def test_what_has_a_reason_is_no_failure(city, excuse):
    subject, sentence, statements = EXCUSED[excuse]
    with planting(city, statements):
        assert found(check(city, subjects=[subject]), subject, sentence).passed


def test_the_clean_city_is_really_compared(city):
    """Every bill is recomputed from reads, and the books speak of the year that is over."""
    results = check(city, subjects=["fct_bill_audit"])
    assert found(results, "fct_bill_audit", FROM_READS).observed.startswith("100 %")
    books = city.execute(
        "SELECT service, books_usd, billed_usd FROM marts.rpt_proof_of_revenue WHERE books_usd IS NOT NULL"
        " AND customer_class = 'all' AND fiscal_year = 2020 ORDER BY service"
    ).fetchall()
    assert [(service, float(booked), float(billed)) for service, booked, billed in books] == [
        ("sewer", 14_400, 14_400),
        ("water", 19_200, 19_200),
    ]
