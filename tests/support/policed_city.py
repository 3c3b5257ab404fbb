"""A city of a test's own rows under the policy that the repository holds for a real one."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from ingest.policy import load_policy
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace
from tests.support.canonical import add, empty_rows
from tests.support.models import insert_rows, warehouse_on

Rows = dict[str, list[dict[str, object]]]
COLLECTIONS = ("agreements", "agreement_installments", "disputes", "service_orders", "holds", "deposits")


class City:
    """Rows of a few accounts, and the warehouse of them."""

    def __init__(self, utility_id: str):
        self.utility_id = utility_id
        self.rows: Rows = empty_rows() | {entity: [] for entity in (*COLLECTIONS, "account_history")}

    def account(self, account_id: str, **values: object) -> str:
        """An account of an owner who lives there, unless said otherwise."""
        add(
            self.rows,
            "accounts",
            account_id=account_id,
            **({"occupancy": "owner", "opened_on": date(2015, 1, 1)} | values),
        )
        return account_id

    def bill(self, account_id: str, billed_on: date, due_on: date, amount: str, **values: object) -> str:
        """A bill of one sewer line, or of another service."""
        service = values.pop("service", "sewer")
        bill_id = f"{account_id}.{len(self.rows['bills'])}"
        add(
            self.rows,
            "bills",
            bill_id=bill_id,
            account_id=account_id,
            bill_date=billed_on,
            due_date=due_on,
            **values,
        )
        charge = {"charge_id": f"{bill_id}.c", "bill_id": bill_id, "account_id": account_id}
        add(self.rows, "charges", **charge, service=service, amount=amount)
        return bill_id

    def pay(self, account_id: str, received_on: date, amount: str, **values: object) -> str:
        """A payment, posted on the day of receipt unless said otherwise."""
        payment_id = f"{account_id}.p{len(self.rows['payments'])}"
        days = {"received_on": received_on, "posted_on": values.pop("posted_on", received_on)}
        add(
            self.rows,
            "payments",
            payment_id=payment_id,
            account_id=account_id,
            amount=amount,
            **days,
            **values,
        )
        return payment_id

    def give_back(self, payment_id: str, returned_on: date, amount: str) -> None:
        add(
            self.rows,
            "payment_returns",
            return_id=f"{payment_id}.r",
            payment_id=payment_id,
            returned_on=returned_on,
            amount=amount,
        )

    def post(self, account_id: str, posted_on: date, kind: str, amount: str, **values: object) -> None:
        """An adjustment."""
        adjustment_id = f"{account_id}.a{len(self.rows['adjustments'])}"
        row = {"adjustment_id": adjustment_id, "account_id": account_id, "posted_on": posted_on, "kind": kind}
        add(self.rows, "adjustments", **row, amount=amount, **values)

    def agree(self, account_id: str, signed_on: date, parts: list[tuple[date, str]], **values: object) -> str:
        """An agreement with its installments; over their sum and until the last unless said otherwise."""
        agreement_id = f"{account_id}.g{len(self.rows['agreements'])}"
        total = sum((Decimal(amount) for _, amount in parts), Decimal(0))
        row = {"amount": total, "ends_on": max(day for day, _ in parts), "kind": "hardship"} | values
        self.rows["agreements"].append(
            {"agreement_id": agreement_id, "account_id": account_id, "signed_on": signed_on, **row}
        )
        for number, (due_on, amount) in enumerate(parts, 1):
            part = {"installment_no": number, "due_on": due_on, "amount": amount}
            self.rows["agreement_installments"].append({"agreement_id": agreement_id, **part})
        return agreement_id

    def dispute(self, bill_id: str, filed_on: date, amount: str, **values: object) -> str:
        """A dispute with the collector, undecided unless said otherwise."""
        dispute_id = f"{bill_id}.d{len(self.rows['disputes'])}"
        row = {"account_id": bill_id.rsplit(".", 1)[0], "bill_id": bill_id, "filed_on": filed_on}
        self.rows["disputes"].append(
            {"dispute_id": dispute_id, "amount": amount, "level": "collector"} | row | values
        )
        return dispute_id

    def order(self, account_id: str, kind: str, ordered_on: date, **values: object) -> str:
        """A notice, a call, a shut-off or a reconnection."""
        order_id = f"{account_id}.o{len(self.rows['service_orders'])}"
        row = {"order_id": order_id, "account_id": account_id, "kind": kind, "ordered_on": ordered_on}
        self.rows["service_orders"].append({"recipient": "occupant"} | row | values)
        return order_id

    def hold(self, account_id: str, kind: str, starts_on: date, ends_on: date | None = None) -> None:
        hold_id = f"{account_id}.h{len(self.rows['holds'])}"
        row = {"hold_id": hold_id, "account_id": account_id, "kind": kind}
        self.rows["holds"].append(row | {"starts_on": starts_on, "ends_on": ends_on})

    def deposit(self, account_id: str, posted_on: date, kind: str, amount: str) -> None:
        deposit_id = f"{account_id}.e{len(self.rows['deposits'])}"
        row = {"deposit_id": deposit_id, "account_id": account_id, "posted_on": posted_on}
        self.rows["deposits"].append(row | {"kind": kind, "amount": amount})

    def warehouse(
        self, folder: Path, targets: tuple[str, ...], *, as_of: str = ""
    ) -> duckdb.DuckDBPyConnection:
        """The models on these rows, under the city's own policy files.

        Args:
            folder: an empty folder for the workspace.
            targets: names of models.
            as_of: the build's as-of date; empty: the latest posting.
        """
        workspace = Workspace.at(folder)
        shutil.copytree(
            PROJECT_ROOT / "data" / "utilities" / self.utility_id, workspace.utilities / self.utility_id
        )
        load_policy(workspace, self.utility_id)
        with connect(workspace.raw_database) as raw:
            for entity, rows in self.rows.items():
                insert_rows(raw, entity, [{"utility_id": self.utility_id, **row} for row in rows])
            load = {"load_id": 1, "utility_id": self.utility_id, "entity": "bills", "origin": "delivered"}
            load |= {"delivered_on": date(2100, 1, 1), "status": "loaded"}
            insert_rows(raw, "loads", [load, load | {"load_id": 2, "entity": "adjustments"}])
        return warehouse_on(workspace.raw_database, targets, as_of=as_of)
