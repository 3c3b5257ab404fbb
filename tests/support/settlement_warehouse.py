"""A warehouse of a test's canonical rows under one plain policy, and its answers in the oracle's terms."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import duckdb

from tests.oracle import Policy
from tests.support.canonical import Rows
from tests.support.models import warehouse_in_memory

UTILITY = "test_city"
POLICY = Policy(service_rank=("account", "electric", "water", "sewer"))
CASE_POLICY = Policy(service_rank=("sewer", "water"))  # cases/settlement.csv ranks sewer before water
SETTLED = ("open_items_as_of", "aging_as_of", "int_receivables__final_balances")


def settlement_warehouse(
    rows: Rows,
    targets: tuple[str, ...] = SETTLED,
    *,
    policy: Policy = POLICY,
    as_of: str = "",
    more: dict[str, list[dict]] | None = None,
) -> duckdb.DuckDBPyConnection:
    """The rows of any number of accounts, through the project's SQL; `more` are rows of other raw tables."""
    entities = {
        name: [{"utility_id": UTILITY, **row} for row in entity_rows] for name, entity_rows in rows.items()
    }
    others = {
        name: [{"utility_id": UTILITY, **row} for row in table_rows]
        for name, table_rows in (more or {}).items()
    }
    return warehouse_in_memory(entities | policy_rows(policy) | others, targets, as_of=as_of)


def policy_rows(policy: Policy) -> dict[str, list[dict]]:
    """A plain city: its services, and the order in which debits are paid."""
    kinds = [("kind", item, rank) for rank, item in enumerate(policy.kind_rank)]
    services = [("service", item, rank) for rank, item in enumerate(policy.service_rank)]
    return {
        "policy_utilities": [
            {
                "utility_id": UTILITY,
                "name": "Test City",
                "fiscal_year_start_month": 7,
                "account_fund": "water",
            }
        ],
        "policy_services": [
            {"utility_id": UTILITY, "service": name, "title": name, "fund": name, "sort": rank}
            for rank, name in enumerate(("electric", "water", "sewer"))
        ],
        "policy_application_order": [
            {"utility_id": UTILITY, "dimension": dimension, "item": item, "rank": rank}
            for dimension, item, rank in kinds + services
        ],
        "loads": [
            {
                "load_id": number,
                "utility_id": UTILITY,
                "entity": entity,
                "origin": "delivered",
                "delivered_on": date(2100, 1, 1),
                "status": "loaded",
            }
            for number, entity in enumerate(("bills", "adjustments"), 1)
        ],  # fmt: skip
    }


OpenItems = dict[tuple[str, date | None], Decimal]


def open_items(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, OpenItems]:
    """Account to posting and due date to what is open of it on a day."""
    found: dict[str, OpenItems] = defaultdict(dict)
    query = "SELECT account_id, posting_id, due_on, open_usd FROM marts.open_items_as_of($as_of)"
    for account_id, posting_id, due_on, open_usd in connection.execute(query, {"as_of": as_of}).fetchall():
        key = (posting_id.removesuffix(":excess"), due_on)
        assert key not in found[account_id]
        found[account_id][key] = open_usd
    return found


def by_posting(items: OpenItems) -> dict[str, Decimal]:
    """Posting to what is open of it."""
    found: dict[str, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for (posting_id, _), open_usd in items.items():
        found[posting_id] += open_usd
    return dict(found)


def aging(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, dict[str, dict[str, Decimal]]]:
    """Account to service to bucket (`unapplied_usd` and `total_usd` too) on a day, aged from the due date."""
    relation = connection.execute("SELECT * FROM marts.aging_as_of($as_of, 'due_date')", {"as_of": as_of})
    names = [column[0] for column in relation.description]
    found: dict[str, dict[str, dict[str, Decimal]]] = defaultdict(dict)
    for values in relation.fetchall():
        row = dict(zip(names, values, strict=True))
        amounts = {name: value for name, value in row.items() if name.endswith("_usd")}
        services = found[row["account_id"]]
        # unapplied credit has a row of its own, beside an open item without a service
        merged = services.setdefault(row["service"], dict.fromkeys(amounts, Decimal("0.00")))
        services[row["service"]] = {name: merged[name] + value for name, value in amounts.items()}
    return found
