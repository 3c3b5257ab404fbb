"""A workspace that tests deliver to, and the rows that came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

import ingest
from ingest.contract import ENTITIES
from ratehouse.workspace import Workspace

UTILITY = "independence"
LINEAGE = {"_load_id", "_source_file", "_line_number", "_delivered_on", "_superseded_by_load_id"}

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


class Desk:
    """Delivers files and looks up what became of them."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.at(root)

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
        """Every row of every table."""
        names = [row[0] for row in self.rows("SELECT table_name FROM duckdb_tables()")]
        return {name: sorted(self.rows(f"SELECT * FROM {name}"), key=repr) for name in names}

    def content(self) -> dict[str, list[tuple]]:
        """The rows in force, without lineage."""
        found = {}
        for name, entity in ENTITIES.items():
            columns = ", ".join(column.name for column in entity.columns)
            found[name] = sorted(self.rows(f"SELECT utility_id, {columns} FROM {name}"), key=repr)
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
