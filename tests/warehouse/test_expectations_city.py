"""A small city in which nothing is wrong, for the expectations; and that they pass on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import duckdb
import pytest

from expectations.declare import ExpectationResult
from expectations.runner import NOT_BUILT, NOT_CHECKED, check
from expectations.suites import SUITES
from ingest.schema import create_tables
from ratehouse.warehouse import connect
from tests.support.models import insert_rows, warehouse_in_memory

MARTS = (
    "fct_ledger", "fct_aging_monthly", "fct_bill_audit", "fct_revenue_monthly", "rpt_proof_of_revenue",
    "rpt_reads_monthly", "dim_tariffs", "dim_utilities", "dim_dates", "dim_policy_events",
)  # fmt: skip
ENTITIES = ("accounts", "bills", "charges", "adjustments", "payments", "payment_returns", "reads")
DELIVERIES = (date(2020, 6, 30), date(2020, 12, 31), date(2021, 6, 30))
MONTHS = [date(2020 + month // 12, month % 12 + 1, 1) for month in range(18)]
CITY = "testville"
USED = 10  # ccf a month, of every account; sewer is measured by water
RATES = {"sewer": 3, "water": 4}


def small_city() -> dict[str, list[dict]]:
    """Forty accounts, eighteen months, three deliveries, nothing wrong."""
    accounts = [f"A{number:03}" for number in range(40)]
    rows: dict[str, list[dict]] = {
        "accounts": [
            {
                "account_id": account, "premise_id": f"H{number:03}",
                "customer_class": "commercial" if number < 4 else "residential", "billing_group": "01",
                "service_address": f"{number} Main St", "opened_on": "2015-03-01",
                "autopay": "bank", "autopay_since": "2016-01-01", "budget_billing": "false",
            }
            for number, account in enumerate(accounts)
        ],
        "meters": [
            {
                "meter_id": f"M{number:03}", "premise_id": f"H{number:03}", "service": "water", "unit": "ccf",
                "dials": 4, "multiplier": 1, "installed_on": "2015-03-01",
            }
            for number in range(len(accounts))
        ],
        "bills": [], "charges": [], "payments": [], "reads": [],
        "payment_returns": [
            {"return_id": "R1", "payment_id": "P-A001-2020-03", "returned_on": "2020-04-20", "amount": 70,
             "kind": "return", "reason_code": "R01"},
        ],
        "adjustments": [],
    }  # fmt: skip
    for month in MONTHS:
        for number, account in enumerate(accounts):
            _bill_and_payment(rows, number, account, month)
    _read(rows)
    _cancel_and_rebill(rows)
    _adjust(rows)
    return {**_with_lineage(rows), **_policy(), "ledger_balances": _books(), "loads": _loads(rows)}


def _bill_and_payment(rows: dict[str, list[dict]], number: int, account: str, month: date) -> None:
    label = f"{account}-{month:%Y-%m}"
    before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    rows["bills"].append({
        "bill_id": f"B-{label}", "account_id": account, "kind": "regular", "bill_date": month.replace(day=5),
        "due_date": month.replace(day=25), "penalty_date": month.replace(day=28), "service_from": before,
        "service_to": month,
    })  # fmt: skip
    for service, rate in RATES.items():
        rows["charges"].append({
            "charge_id": f"C-{label}-{service}", "bill_id": f"B-{label}", "account_id": account,
            "service": service, "charge_code": "volume", "quantity": USED, "unit": "ccf", "rate": rate,
            "amount": USED * rate,
        })  # fmt: skip
    # Every second account pays in the month after.
    paid_on = (
        month.replace(day=18) if number % 2 else date(month.year + month.month // 12, month.month % 12 + 1, 3)
    )
    if paid_on <= DELIVERIES[-1]:
        rows["payments"].append({
            "payment_id": f"P-{label}", "account_id": account, "received_on": paid_on, "posted_on": paid_on,
            "amount": 70, "channel": "autopay", "tender": "bank_draft", "processor_fee": 0.5,
            "bill_id": f"B-{label}" if number == 5 else None,
        })  # fmt: skip


def _read(rows: dict[str, list[dict]]) -> None:
    """On the first of every month."""
    for place, read_on in enumerate([date(2019, 12, 1), *MONTHS]):
        rows["reads"] += [
            {
                "read_id": f"{meter['meter_id']}-{read_on:%Y-%m}", "meter_id": meter["meter_id"],
                "read_on": read_on, "reading": USED * place, "read_kind": "actual",
                "usage": USED if place else 0,
            }
            for meter in rows["meters"]
        ]  # fmt: skip


def _cancel_and_rebill(rows: dict[str, list[dict]]) -> None:
    common = {"account_id": "A007", "bill_date": "2020-08-20", "due_date": "2020-09-10"}
    rows["bills"].append({"bill_id": "X1", "kind": "cancel", "cancels_bill_id": "B-A007-2020-08", **common})
    rows["bills"].append({
        "bill_id": "X2", "kind": "rebill", "service_from": "2020-07-01", "service_to": "2020-08-01", **common,
    })  # fmt: skip
    for service, rate in RATES.items():
        rows["charges"].append({
            "charge_id": f"C-X2-{service}", "bill_id": "X2", "account_id": "A007", "service": service,
            "charge_code": "volume", "quantity": USED, "unit": "ccf", "rate": rate, "amount": USED * rate,
        })  # fmt: skip


def _adjust(rows: dict[str, list[dict]]) -> None:
    adjustments = [
        ("opening_balance", "2020-01-01", "A000", 20.00, {"origin_due_on": "2019-12-25"}),
        ("opening_balance", "2020-01-01", "A002", 20.00, {"origin_due_on": "2019-12-25"}),
        ("penalty", "2020-02-28", "A004", 7.00, {"bill_id": "B-A004-2020-02"}),
        ("penalty", "2020-03-28", "A004", 7.00, {"due_on": "2020-04-25", "bill_id": "B-A004-2020-03"}),
        ("penalty_waiver", "2020-04-02", "A004", -7.00, {"bill_id": "B-A004-2020-03", "event_id": "waiver"}),
        ("returned_payment_fee", "2020-04-20", "A001", 25.00, {"due_on": "2020-05-10"}),
        ("balance_transfer", "2020-10-10", "A010", -9.00, {"related_account_id": "A011"}),
        ("balance_transfer", "2020-10-10", "A011", 9.00, {"related_account_id": "A010"}),
        (
            "write_off",
            "2021-02-01",
            "A001",
            -5.00,
            {"requested_on": "2021-01-20", "approved_on": "2021-02-01"},
        ),
        ("correction", "2021-03-01", "A001", 0.00, {}),
    ]
    for number, (kind, posted_on, account, amount, more) in enumerate(adjustments):
        rows["adjustments"].append({
            "adjustment_id": f"J{number}", "account_id": account, "posted_on": posted_on, "kind": kind,
            "amount": amount, **more,
        })  # fmt: skip


def _with_lineage(rows: dict[str, list[dict]]) -> dict[str, list[dict]]:
    dates = {"bills": "bill_date", "payments": "posted_on", "adjustments": "posted_on", "reads": "read_on"}
    for entity, entity_rows in rows.items():
        for line, row in enumerate(entity_rows, start=2):
            day = str(row.get(dates.get(entity, "")) or DELIVERIES[0])
            delivered_on = next(one for one in DELIVERIES if day <= str(one))
            if entity == "charges":
                month = "2020-08" if row["bill_id"] == "X2" else row["bill_id"][-7:]
                delivered_on = next(one for one in DELIVERIES if month <= f"{one:%Y-%m}")
            row.update(
                utility_id=CITY, _load_id=list(rows).index(entity) + 1, _source_file=f"{entity}.csv",
                _line_number=line, _delivered_on=delivered_on,
            )  # fmt: skip
    return rows


def _loads(rows: dict[str, list[dict]]) -> list[dict]:
    loads = []
    for entity in ENTITIES:
        for delivered_on in DELIVERIES:
            count = sum(row["_delivered_on"] == delivered_on for row in rows[entity])
            if count:
                loads.append({
                    "load_id": len(loads) + 1, "utility_id": CITY, "entity": entity, "origin": "simulated",
                    "source_file": f"{entity}.csv", "delivered_on": delivered_on, "status": "loaded",
                    "received": count, "loaded": count, "unchanged": 0, "restated": 0, "rejected": 0,
                })  # fmt: skip
    return loads


def _books() -> list[dict]:
    """What was billed in the first year, in the general ledger."""
    return [
        {
            "utility_id": CITY, "fund": service, "fiscal_year": 2020, "period": 0, "scenario": "actual",
            "line": "rate_revenue", "amount": 12 * 40 * USED * rate,
        }
        for service, rate in RATES.items()
    ]  # fmt: skip


def _policy() -> dict[str, list[dict]]:
    order = [("kind", item) for item in ("fee", "penalty", "charge", "refund")]
    order += [("service", item) for item in ("account", "sewer", "water")]
    return {
        "policy_utilities": [
            {"utility_id": CITY, "name": "Testville", "fiscal_year_start_month": 1, "account_fund": "sewer"}
        ],
        "policy_services": [
            {"utility_id": CITY, "service": service, "title": service, "fund": service, "sort": 1}
            for service in ("sewer", "water")
        ],
        "policy_application_order": [
            {"utility_id": CITY, "dimension": dimension, "item": item, "rank": rank}
            for rank, (dimension, item) in enumerate(order)
        ],
        "policy_tariff_components": [
            {
                "utility_id": CITY, "service": service, "effective_from": "2010-01-01",
                "effective_on": "usage", "customer_class": customer_class, "component": "volume",
                "kind": "blocks", "block": 1, "rate_usd": rate, "unit": "ccf", "basis": "actual",
                "rounding": "half_up_cents_per_line", "is_assumed": "false",
            }
            for service, rate in RATES.items()
            for customer_class in ("commercial", "residential")
        ],
        "policy_events": [
            {"utility_id": CITY, "event_id": "waiver", "kind": "penalty_waiver", "title": "Waiver",
             "starts_on": "2020-04-01", "ends_on": "2020-04-30"}
        ],
    }  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """What a planting must lead to.

    Attributes:
        subject: the table.
        sql: makes it wrong; several statements may follow each other.
        sentence: the expectation that must fail.
        severity: with which.
        row: values of a failing row that must be shown.
    """

    subject: str
    sql: str
    sentence: str
    severity: str = "warn"
    row: dict = field(default_factory=dict)


def change(table: str, key: str, value: str, assignment: str) -> str:
    return f"UPDATE raw.{table} SET {assignment} WHERE {key} = '{value}'"


@lru_cache(maxsize=1)
def raw_city() -> duckdb.DuckDBPyConnection:
    """The raw tables of the small city alone; plantings are taken back, so that tests share it."""
    connection = connect()
    connection.execute("ATTACH ':memory:' AS raw")
    connection.execute("USE raw")
    create_tables(connection)
    for table, rows in small_city().items():
        insert_rows(connection, table, rows)
    connection.execute("USE memory")
    return connection


@lru_cache(maxsize=1)
def built_city() -> duckdb.DuckDBPyConnection:
    """A build of the small city with its raw tables."""
    return warehouse_in_memory(small_city(), MARTS)


@contextmanager
def planting(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> Iterator[None]:
    """Makes things wrong for a while."""
    connection.execute("BEGIN TRANSACTION")
    try:
        for statement in statements:
            connection.execute(statement).fetchall()
        yield
    finally:
        connection.execute("ROLLBACK")


def found(results: list[ExpectationResult], subject: str, sentence: str) -> ExpectationResult:
    [result] = [one for one in results if one.subject == subject and one.expectation == sentence]
    return result


def assert_reported(connection: duckdb.DuckDBPyConnection, plantings: list[Planted]) -> None:
    """Plants all of it at once and looks for what each planting must lead to."""
    subject = plantings[0].subject
    with planting(connection, [one.sql for one in plantings]):
        results = check(connection, subjects=[subject])
    for one in plantings:
        result = found(results, subject, one.sentence)
        assert not result.passed, one.sentence
        assert result.severity == one.severity, one.sentence
        assert 1 <= len(result.failing_rows) <= 10, one.sentence
        assert any(one.row.items() <= row.items() for row in result.failing_rows), result


@pytest.fixture
def city() -> duckdb.DuckDBPyConnection:
    return built_city()


def test_a_clean_city_passes(city):
    results = check(city)
    assert [one for one in results if not one.passed] == []
    assert {one.subject for one in results} == {suite.subject for suite in SUITES}
    assert {one.suite.split(": ")[1] for one in results} == {"profile", "sample"}
    assert all(one.observed and one.observed != NOT_CHECKED for one in results)


def test_without_raw_tables_nothing_is_compared_with_extracts(city):
    results = check(city, "out", has_raw=False)
    assert all(one.passed for one in results)
    skipped = [one for one in results if one.observed == NOT_CHECKED]
    assert 0 < len(skipped) < len(results)


def test_a_mart_that_an_earlier_version_did_not_build_is_not_checked(city):
    with planting(city, ["DROP TABLE marts.fct_bill_audit"]):
        results = check(city, "out")
    unknown = [one for one in results if one.observed == NOT_BUILT]
    assert {one.subject for one in unknown} == {"fct_bill_audit"}
    assert all(one.passed for one in results) and len(unknown) < len(results)
