"""Meters and their reads as rows of the raw tables, and the marts that come of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from tests.oracle.metering import Meter, Read
from tests.support.models import warehouse_in_memory

UTILITY = "independence"
ACCOUNTS = (
    "account_id",
    "premise_id",
    "customer_class",
    "opened_on",
    "closed_on",
    "autopay",
    "budget_billing",
)
METERS = (
    "meter_id", "account_id", "premise_id", "service", "meter_size", "unit", "dials", "multiplier",
    "installed_on", "removed_on",
)  # fmt: skip
READS = (
    "read_id",
    "meter_id",
    "read_on",
    "reading",
    "read_kind",
    "estimate_reason",
    "usage",
    "billing_group",
)
OPENED = date(2000, 1, 1)


def account_row(
    account_id: str, premise_id: str, opened_on: date = OPENED, closed_on: date | None = None
) -> dict:
    """An account that holds a premise."""
    return {
        "account_id": account_id, "premise_id": premise_id, "customer_class": "residential",
        "opened_on": opened_on, "closed_on": closed_on, "autopay": "none", "budget_billing": "false",
    }  # fmt: skip


def meter_row(meter: Meter, premise_id: str, service: str = "electric", **others: object) -> dict:
    """A meter at a premise."""
    return {
        "meter_id": meter.meter_id, "premise_id": premise_id, "service": service,
        "unit": "kwh" if service == "electric" else "ccf", "dials": meter.dials,
        "multiplier": meter.multiplier, "installed_on": meter.installed_on,
    } | others  # fmt: skip


def read_row(meter_id: str, read: Read) -> dict:
    """A read of a meter."""
    return {
        "read_id": read.read_id, "meter_id": meter_id, "read_on": read.read_on, "reading": read.reading,
        "read_kind": read.kind, "usage": read.delivered,
        "estimate_reason": "access" if read.kind == "estimated" else None,
    }  # fmt: skip


def csv_of(columns: Iterable[str], rows: Iterable[dict]) -> str:
    """Rows as an extract file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def rule(name: str, value: str) -> dict:
    """A policy value that has always held."""
    return {"rule": name, "value": value, "effective_from": OPENED}


def reads_warehouse(
    accounts: list[dict],
    meters: list[dict],
    reads: list[dict],
    rules: Iterable[dict] = (),
    **others: list[dict],
) -> duckdb.DuckDBPyConnection:
    """The marts of reads on the given rows."""
    rows = {"accounts": accounts, "meters": meters, "reads": reads, "policy_rules": list(rules)} | others
    marked = {table: [{"utility_id": UTILITY} | row for row in given] for table, given in rows.items()}
    return warehouse_in_memory(marked, ["fct_reads", "rpt_reads_monthly"])


def marts_rows(
    connection: duckdb.DuckDBPyConnection, mart: str = "fct_reads", key: str = "read_id"
) -> dict[str, dict]:
    """The rows of a mart by a column."""
    cursor = connection.execute(f"SELECT * FROM marts.{mart}")
    names = [column[0] for column in cursor.description]
    return {row[names.index(key)]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def monthly_reads(
    prefix: str,
    first: date,
    readings: Iterable[int | None],
    kinds: dict[int, str] | None = None,
    days: int = 30,
) -> list[Read]:
    """Reads of equal distance, named by their place; all are actual but for those of `kinds`."""
    return [
        Read(f"{prefix}-{place:02}", first + timedelta(days=days * place), (kinds or {}).get(place, "actual"),
             None if reading is None else Decimal(reading))
        for place, reading in enumerate(readings)
    ]  # fmt: skip
