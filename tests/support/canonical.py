"""Rows of the canonical extracts as tests write them: entity -> rows with every column of the contract."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

Rows = dict[str, list[dict[str, object]]]

# fmt: off
COLUMNS = {
    "accounts": [
        "account_id", "customer_id", "premise_id", "service_address", "customer_class", "rate_code",
        "billing_group", "opened_on", "closed_on", "autopay", "autopay_since", "budget_billing",
        "assistance_program", "owner_id", "occupancy", "customer_name", "email", "phone",
    ],
    "bills": [
        "bill_id", "account_id", "bill_date", "due_date", "penalty_date", "service_from", "service_to",
        "kind", "billing_period", "delivery", "budget_amount", "cancels_bill_id", "previous_balance",
        "amount_due",
    ],
    "charges": [
        "charge_id", "bill_id", "account_id", "service", "charge_code", "block", "quantity", "unit",
        "rate", "amount", "basis", "is_revenue",
    ],
    "adjustments": [
        "adjustment_id", "account_id", "posted_on", "kind", "service", "amount", "due_on",
        "origin_due_on", "bill_id", "related_account_id", "event_id", "fund_source", "requested_on",
        "approved_on", "document_ref", "note",
    ],
    "payments": [
        "payment_id", "account_id", "received_on", "posted_on", "amount", "bill_id", "channel", "tender",
        "customer_fee", "processor_fee", "card_brand", "trace", "fund_source",
    ],
    "payment_returns": [
        "return_id", "payment_id", "returned_on", "posted_on", "amount", "kind", "reason_code",
    ],
    "account_history": [
        "account_id", "effective_from", "customer_class", "rate_code", "billing_group", "autopay",
        "budget_billing", "assistance_program", "status",
    ],
    "agreements": ["agreement_id", "account_id", "signed_on", "kind", "amount", "ends_on", "event_id"],
    "agreement_installments": ["agreement_id", "installment_no", "due_on", "amount"],
    "disputes": [
        "dispute_id", "account_id", "bill_id", "filed_on", "level", "amount", "decided_on", "outcome",
    ],
}
# fmt: on
DEFAULTS = {
    "accounts": {"customer_class": "residential", "autopay": "none", "budget_billing": False},
    "bills": {"kind": "regular"},
    "charges": {"charge_code": "other"},
    "payments": {"channel": "walk_in", "tender": "check"},
    "payment_returns": {"kind": "return"},
    "account_history": {
        "customer_class": "residential",
        "autopay": "none",
        "budget_billing": False,
        "status": "active",
    },
    "agreements": {"kind": "hardship"},
    "disputes": {"level": "collector"},
}


def empty_rows() -> Rows:
    return {entity: [] for entity in COLUMNS}


def add(rows: Rows, entity: str, **values: object) -> dict[str, object]:
    """Append a row; columns that are not given hold their default, else nothing."""
    unknown = set(values) - set(COLUMNS[entity])
    if unknown:
        raise ValueError(f"{entity} has no column {sorted(unknown)}")
    row = dict.fromkeys(COLUMNS[entity]) | DEFAULTS.get(entity, {}) | values
    rows[entity].append(row)
    return row


def merged(parts: list[Rows]) -> Rows:
    """One delivery out of several."""
    return {entity: [row for part in parts for row in part[entity]] for entity in COLUMNS}


def by_account(rows: Rows) -> dict[str, Rows]:
    """The rows of each account; a return belongs to its payment's, an installment to its agreement's."""
    parents = {
        "payment_returns": ("payments", "payment_id"),
        "agreement_installments": ("agreements", "agreement_id"),
    }
    owners = {
        entity: {row[key]: row["account_id"] for row in rows.get(parent, ())}
        for entity, (parent, key) in parents.items()
    }
    split: dict[str, Rows] = defaultdict(empty_rows)
    for entity, entity_rows in rows.items():
        for row in entity_rows:
            owned = entity in parents
            account_id = owners[entity][row[parents[entity][1]]] if owned else row["account_id"]
            split[account_id][entity].append(row)
    return dict(split)


def posted_by(rows: Rows, as_of: date) -> Rows:
    """The rows as they were on a day: what is dated later is not there."""
    payments = {row["payment_id"]: row for row in rows["payments"] if row["posted_on"] <= as_of}
    bill_ids = {row["bill_id"] for row in rows["bills"] if row["bill_date"] <= as_of}
    return {
        "accounts": rows["accounts"],
        "bills": [row for row in rows["bills"] if row["bill_id"] in bill_ids],
        "charges": [row for row in rows["charges"] if row["bill_id"] in bill_ids],
        "adjustments": [row for row in rows["adjustments"] if row["posted_on"] <= as_of],
        "payments": list(payments.values()),
        "payment_returns": [
            row
            for row in rows["payment_returns"]
            if row["payment_id"] in payments and (row["posted_on"] or row["returned_on"]) <= as_of
        ],
    }
