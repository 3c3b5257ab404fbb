"""What the pages must show, worked out from the raw rows by the independent bookkeeping."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.oracle.postings import Policy
from tests.oracle.settlement import BUCKETS, Statement
from tests.support.canonical import COLUMNS, by_account

from .town import TOWNS, Rows

ZERO = Decimal("0.00")


def of_utility(rows: Rows, utility_id: str) -> Rows:
    """The extracts of one utility, with every column of the contract."""
    return {
        entity: [
            dict.fromkeys(columns) | row for row in rows.get(entity, []) if row["utility_id"] == utility_id
        ]
        for entity, columns in COLUMNS.items()
    }


def owed(rows: Rows, utility_id: str, as_of: date) -> Decimal:
    """All that was posted by a day, added up: bills and adjustments less payments plus returns."""
    own = of_utility(rows, utility_id)
    billed_on = {bill["bill_id"]: bill["bill_date"] for bill in own["bills"]}
    return (
        sum((row["amount"] for row in own["charges"] if billed_on[row["bill_id"]] <= as_of), ZERO)
        + sum((row["amount"] for row in own["adjustments"] if row["posted_on"] <= as_of), ZERO)
        - sum((row["amount"] for row in own["payments"] if row["posted_on"] <= as_of), ZERO)
        + sum((row["amount"] for row in own["payment_returns"] if row["returned_on"] <= as_of), ZERO)
    )


def aging(rows: Rows, utility_id: str, as_of: date) -> dict[str, dict[str, Decimal]]:
    """Service to bucket to amount, by the oracle; unapplied credit under `account`."""
    town = next(town for town in TOWNS if town.utility_id == utility_id)
    policy = Policy(service_rank=("account", *reversed(town.services)))
    found: dict[str, dict[str, Decimal]] = defaultdict(
        lambda: dict.fromkeys([*BUCKETS, "unapplied_usd"], ZERO)
    )
    for account_rows in by_account(of_utility(rows, utility_id)).values():
        statement = Statement(account_rows, policy)
        for service, buckets in statement.aging_at(as_of).items():
            for bucket, amount in buckets.items():
                found[service][bucket] += amount
        found["account"]["unapplied_usd"] += statement.open_at(as_of).unapplied
    return dict(found)


def bucket_total(aged: dict[str, dict[str, Decimal]], *buckets: str) -> Decimal:
    """The sum of some buckets over all services."""
    return sum((by_bucket[bucket] for by_bucket in aged.values() for bucket in buckets), ZERO)
