"""A few accounts under the policy that a city really has: its YAML, and the rows that a test writes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import lru_cache

import duckdb

from ingest.policy_files import read_files
from ingest.policy_rows import policy_rows
from ratehouse.workspace import PROJECT_ROOT
from tests.support.models import warehouse_in_memory


@lru_cache(maxsize=2)
def _policy(city: str) -> dict[str, list[dict]]:
    policy, problems = read_files(PROJECT_ROOT / "data" / "utilities" / city)
    assert not problems
    return policy_rows(policy)


class PolicyTown:
    """Raw rows of one utility under a city's policy; every method adds some.

    Args:
        city: whose policy holds; it is the utility's id too.
        rules: values that replace those of the policy, `__` for a dot; None takes one out.
    """

    def __init__(self, city: str = "warrensburg", **rules: str | None) -> None:
        self.city = city
        self.rows: dict[str, list[dict]] = defaultdict(list)
        changed = {name.replace("__", "."): value for name, value in rules.items()}
        for table, rows in _policy(city).items():
            kept = [row for row in rows if table != "policy_rules" or row["rule"] not in changed]
            self.rows[table] = [{"utility_id": city, **row} for row in kept]
        for rule, value in changed.items():
            if value is not None:
                self.add(
                    "policy_rules", rule=rule, value=value, effective_from="2000-01-01", is_assumed=False
                )
        self.add("loads", load_id=1, entity="payments", origin="delivered", delivered_on="2040-12-31",
                 status="loaded")  # fmt: skip
        self.add("loads", load_id=2, entity="adjustments", origin="delivered", delivered_on="2040-12-31",
                 status="loaded")  # fmt: skip

    def add(self, table: str, **values: object) -> None:
        """One row of a raw table."""
        self.rows[table].append({"utility_id": self.city, **values})

    def account(self, account_id: str = "A", *states: tuple[str, dict], **more: object) -> str:
        """An account, with the states of its history: first day and what differs from an active home."""
        row = {"customer_class": "residential", "autopay": "none", "budget_billing": False}
        self.add("accounts", account_id=account_id, **{**row, "opened_on": "2010-01-01", **more})
        for first, state in states:
            self.add("account_history", account_id=account_id, effective_from=first,
                     **{**row, "status": "active", **state})  # fmt: skip
        return account_id

    def bill(self, bill_id: str, billed: str, due: str, amount: str, account_id: str = "A", **more) -> str:
        """A bill of one line."""
        self.add("bills", bill_id=bill_id, account_id=account_id, bill_date=billed, due_date=due,
                 **{"kind": "regular", **more})  # fmt: skip
        self.add("charges", charge_id=f"{bill_id}-1", bill_id=bill_id, account_id=account_id, amount=amount,
                 service="sewer", charge_code="volume")  # fmt: skip
        return bill_id

    def pay(
        self, payment_id: str, received: str, way: str, amount: str = "45.06", account_id: str = "A", **more
    ) -> str:
        """A payment; `way` is channel and tender: `online card`."""
        channel, tender = way.split()
        row = {"posted_on": received, "customer_fee": "0.00"}
        if tender == "card":
            row["card_brand"] = "visa"
        self.add("payments", payment_id=payment_id, account_id=account_id, received_on=received,
                 amount=amount, channel=channel, tender=tender, **{**row, **more})  # fmt: skip
        return payment_id

    def give_back(self, payment_id: str, returned: str, amount: str = "45.06", **more: object) -> str:
        """The return of a payment."""
        self.add("payment_returns", return_id=f"R-{payment_id}", payment_id=payment_id, returned_on=returned,
                 amount=amount, **{"kind": "return", "reason_code": "R01", **more})  # fmt: skip
        return f"R-{payment_id}"

    def adjust(self, adjustment_id: str, posted: str, kind: str, amount: str, account_id="A", **more) -> str:
        """A posting outside a bill or a payment."""
        self.add("adjustments", adjustment_id=adjustment_id, account_id=account_id, posted_on=posted,
                 kind=kind, amount=amount, **more)  # fmt: skip
        return adjustment_id

    def warehouse(self, *targets: str) -> duckdb.DuckDBPyConnection:
        """The project's models on these rows."""
        return warehouse_in_memory(self.rows, targets)

    def findings(self) -> set[tuple[str, str]]:
        """Source row and code of each breach; nobody here owes what a shut-off would need."""
        query = """
            SELECT source_id, finding FROM marts.rpt_policy_findings
            WHERE source_entity <> 'service_orders' OR finding NOT LIKE 'shutoff%'
        """
        return set(self.warehouse("rpt_policy_findings").execute(query).fetchall())


def day(text: str) -> date:
    return date.fromisoformat(text)
