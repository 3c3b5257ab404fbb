"""Accounts of several cities, each with penalty rules of its own, in one warehouse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from datetime import date

import duckdb

from tests.oracle.penalties import Event, PenaltyPolicy
from tests.support.canonical import Rows
from tests.support.models import warehouse_in_memory
from tests.support.settlement_warehouse import policy_rows

SINCE = date(2000, 1, 1)
# Fields of the oracle's policy that are no rules of the section `penalty`.
_ELSEWHERE = {"order", "grace_days", "waivers", "extensions", "draft_outages"}


def penalty_warehouse(
    cities: Mapping[str, tuple[PenaltyPolicy, Rows]], as_of: date
) -> duckdb.DuckDBPyConnection:
    """The project's SQL over the rows of each city under its policy."""
    tables: dict[str, list[dict]] = defaultdict(list)
    for city, (policy, rows) in cities.items():
        for part in (rows, policy_rows(policy.order), _rules(policy), _events(policy)):
            for table, table_rows in part.items():
                tables[table] += [{**row, "utility_id": city} for row in table_rows]
    return warehouse_in_memory(tables, ("fct_penalties",), as_of=str(as_of))


def _rules(policy: PenaltyPolicy) -> dict[str, list[dict]]:
    values = {field.name: getattr(policy, field.name) for field in fields(policy)}
    rules = {
        f"penalty.{name}": value
        for name, value in values.items()
        if name not in _ELSEWHERE and value is not None
    }
    rules |= {
        "penalty.kind": "percent" if policy.flat_usd is None else "flat",
        "penalty.assessed": "penalty_date",
        "penalty.due": "next_bill",
        "penalty.paid_on_penalty_date_is_timely": True,
        "agreements.grace_days": policy.grace_days,
    }
    return {
        "policy_rules": [
            {"rule": name, "value": _text(value), "effective_from": SINCE, "is_assumed": False}
            for name, value in rules.items()
        ]
    }


def _text(value: object) -> str:
    """A value as policy tables hold it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def _events(policy: PenaltyPolicy) -> dict[str, list[dict]]:
    kinds = {
        "penalty_waiver": policy.waivers,
        "due_date_extension": policy.extensions,
        "channel_outage": policy.draft_outages,
    }
    return {"policy_events": [_event(kind, event) for kind, events in kinds.items() for event in events]}


def _event(kind: str, event: Event) -> dict[str, object]:
    return {
        "event_id": event.event_id,
        "kind": kind,
        "title": event.event_id,
        "services": event.services and ",".join(sorted(event.services)),
        "customer_classes": event.customer_classes and ",".join(sorted(event.customer_classes)),
        "channels": "autopay" if kind == "channel_outage" else None,
        "starts_on": event.first,
        "ends_on": event.last,
        "known_on": event.first,
        "extension_days": event.extension_days or None,
        "is_printed_on_bill": True if event.extension_days else None,
        "is_assumed": False,
    }


def penalties(connection: duckdb.DuckDBPyConnection, city: str) -> dict[str, dict[str, object]]:
    """Bill to what `fct_penalties` says of it, without what was charged for no bill at all."""
    query = "SELECT * FROM marts.fct_penalties WHERE utility_id = $city AND penalty_on IS NOT NULL"
    relation = connection.execute(query, {"city": city})
    names = [column[0] for column in relation.description]
    rows = [dict(zip(names, values, strict=True)) for values in relation.fetchall()]
    return {row["bill_id"]: row for row in rows}
