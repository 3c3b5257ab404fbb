"""Notices, holds, agreements and disputes as rows of the contract."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

from simulator import agreements, collections, disputes, holds
from simulator import columns as col
from simulator.agenda import Rows, take
from simulator.world import reference

_DIGITS = 11


def collection_builders(extracts) -> dict[str, Callable[[Rows], pa.Table]]:
    """The builders by entity; `extracts` knows the city's identifiers."""
    return {
        "service_orders": partial(_service_orders, extracts),
        "holds": partial(_holds, extracts),
        "agreements": partial(_agreements, extracts),
        "agreement_installments": _installments,
        "disputes": partial(_disputes, extracts),
    }


def latest(rows: Rows) -> Rows:
    """The last version of each row that a letter, a key and a month name, in order of first appearance."""
    names = rows["letter"] * 10**_DIGITS + reference(rows["key"], rows["month"])
    known, first, number = np.unique(names, return_index=True, return_inverse=True)
    last = np.zeros(len(known), np.int64)
    np.maximum.at(last, number, np.arange(len(names)))
    return take(rows, last[np.argsort(first)])


def _ids(rows: Rows) -> pa.Array:
    return col.identifiers(rows["letter"].astype(np.uint8), reference(rows["key"], rows["month"]), _DIGITS)


def _optional_dates(days: np.ndarray) -> pa.Array:
    return col.dates(np.maximum(days, 0), days >= 0)


def _service_orders(extracts, rows: Rows) -> pa.Table:
    """Notices, tags, calls, disconnections and reconnections."""
    return pa.table(
        {
            "order_id": _ids(rows),
            "account_id": extracts.account_ids(rows["key"]),
            "kind": col.codes(rows["kind"], collections.KINDS),
            "recipient": col.codes(rows["recipient"], collections.RECIPIENTS),
            "ordered_on": col.dates(rows["ordered_on"]),
            "effective_on": _optional_dates(rows["effective_on"]),
            "amount_due": col.money(rows["amount"]),
        }
    )


def _holds(extracts, rows: Rows) -> pa.Table:
    """Holds, open until their end is known."""
    return pa.table(
        {
            "hold_id": _ids(rows),
            "account_id": extracts.account_ids(rows["key"]),
            "kind": col.codes(rows["kind"], holds.KINDS),
            "starts_on": col.dates(rows["starts_on"]),
            "ends_on": _optional_dates(rows["ends_on"]),
        }
    )


def _agreements(extracts, rows: Rows) -> pa.Table:
    """Agreements as signed."""
    return pa.table(
        {
            "agreement_id": _ids(rows),
            "account_id": extracts.account_ids(rows["key"]),
            "signed_on": col.dates(rows["signed_on"]),
            "kind": col.codes(rows["kind"], agreements.KINDS),
            "amount": col.money(rows["cents"]),
            "ends_on": col.dates(rows["ends_on"]),
            "event_id": col.words(rows["event"]),
        }
    )


def _installments(rows: Rows) -> pa.Table:
    """The schedules of agreements."""
    return pa.table(
        {
            "agreement_id": _ids(rows),
            "installment_no": col.integers(rows["number"]),
            "due_on": col.dates(rows["due_on"]),
            "amount": col.money(rows["cents"]),
        }
    )


def _disputes(extracts, rows: Rows) -> pa.Table:
    """Disputes, undecided or decided."""
    return pa.table(
        {
            "dispute_id": _ids(rows),
            "account_id": extracts.account_ids(rows["key"]),
            "bill_id": extracts.bill_ids(rows["number"]),
            "filed_on": col.dates(rows["filed_on"]),
            "level": col.codes(rows["level"], disputes.LEVELS),
            "amount": col.money(rows["cents"]),
            "decided_on": _optional_dates(rows["decided_on"]),
            "outcome": col.codes(rows["outcome"], disputes.OUTCOMES),
        }
    )
