"""A workspace that tests deliver to, and the rows that came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import duckdb

import ingest
from ingest.contract import ENTITIES
from ingest.schema import raw_tables
from ratehouse.workspace import Workspace

UTILITY = "independence"

ACCOUNTS = "account_id,customer_class,autopay,budget_billing"
BILLS = "bill_id,account_id,bill_date,due_date,kind"
CHARGES = "charge_id,bill_id,account_id,service,charge_code,amount"
PAYMENTS = "payment_id,account_id,received_on,posted_on,amount,channel,tender"
RETURNS = "return_id,payment_id,returned_on,posted_on,amount,kind"


def csv_text(header: str, *rows: str) -> str:
    """A header and its rows as a file ends up: one line each."""
    return "\n".join([header, *rows, ""])


def account(account_id: str, customer_class: str = "residential") -> str:
    """A row for `ACCOUNTS`."""
    return f"{account_id},{customer_class},none,false"


def bill(bill_id: str, account_id: str, kind: str = "regular") -> str:
    """A row for `BILLS`."""
    return f"{bill_id},{account_id},2016-07-01,2016-07-11,{kind}"


def payment(payment_id: str, account_id: str, amount: str = "50.00", posted_on: str = "2016-07-05") -> str:
    """A row for `PAYMENTS`."""
    return f"{payment_id},{account_id},2016-07-05,{posted_on},{amount},mail,check"


@cache
def _empty_database() -> bytes:
    """A prepared raw database: making sixty tables takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.at(folder)
        ingest.prepare(workspace)
        return workspace.raw_database.read_bytes()


class Desk:
    """Delivers files and looks up what became of them."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.at(root)
        if not self.workspace.raw_database.exists():
            self.workspace.warehouse.mkdir(parents=True)
            self.workspace.raw_database.write_bytes(_empty_database())

    def deliver(self, name: str, content: str | bytes, utility: str = UTILITY) -> Path:
        """Puts a file into the utility's landing folder."""
        path = self.workspace.landing / utility / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self, **options: object) -> ingest.IngestReport:
        """Loads the landing folders; the identity of the counts is checked every time."""
        report = ingest.ingest_landing(self.workspace, **options)  # type: ignore[arg-type]
        self.check_counts()
        return report

    def load(self, name: str, content: str | bytes, delivered_on: date | None = None) -> ingest.FileReport:
        """Delivers one file and loads just that one."""
        path = self.deliver(name, content)
        report = ingest.ingest_files(self.workspace, UTILITY, [path], delivered_on=delivered_on)
        self.check_counts()
        return report.files[0]

    def rows(self, sql: str, values: Iterable[object] = ()) -> list[tuple]:
        """What a query of the raw database returns."""
        with duckdb.connect(str(self.workspace.raw_database), read_only=True) as connection:
            return connection.execute(sql, list(values)).fetchall()

    def column(self, sql: str) -> list[object]:
        """The first column of a query's rows, sorted."""
        return sorted(row[0] for row in self.rows(sql))

    def rejects(self) -> dict[int, tuple[str | None, str]]:
        """Line to column and reason, of the rows that are rejected now."""
        rows = self.rows(
            "SELECT line_number, column_name, reason FROM rejects WHERE taken_up_by_load_id IS NULL"
        )
        return {line: (column, reason) for line, column, reason in rows}

    def tables(self) -> dict[str, list[tuple]]:
        """Every row of every table that has rows."""
        return self._all(dict.fromkeys(raw_tables(), "*"))

    def content(self) -> dict[str, list[tuple]]:
        """The rows in force, without lineage."""
        own = {name: ", ".join(column.name for column in entity.columns) for name, entity in ENTITIES.items()}
        return self._all({name: f"utility_id, {columns}" for name, columns in own.items()})

    def _all(self, columns: dict[str, str]) -> dict[str, list[tuple]]:
        """One connection for all tables: opening the file costs more than reading it."""
        with duckdb.connect(str(self.workspace.raw_database), read_only=True) as connection:
            found = {
                name: sorted(connection.execute(f"SELECT {those} FROM {name}").fetchall(), key=repr)
                for name, those in columns.items()
            }
        return {name: rows for name, rows in found.items() if rows}

    def check_counts(self) -> None:
        """`received = loaded + unchanged + restated + rejected`, and the rejects are really there."""
        wrong = self.rows(
            """
            SELECT l.* FROM loads l
            LEFT JOIN (
                SELECT load_id, count(*) AS n FROM rejects WHERE taken_up_by_load_id IS NULL GROUP BY load_id
            ) r USING (load_id)
            WHERE received <> loaded + unchanged + restated + rejected OR rejected <> coalesce(r.n, 0)
            """
        )
        assert wrong == []
