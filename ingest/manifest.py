"""The manifest: one row per file and entity, and what it says about content seen before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from ingest.deliveries import Delivered
from ingest.report import FileReport
from ingest.sql import first_row, one_number


@dataclass(frozen=True)
class Content:
    """What identifies a file's content for one entity of one utility."""

    utility_id: str
    entity: str
    sha256: str


def earlier_load(
    connection: duckdb.DuckDBPyConnection, content: Content, delivered: Delivered
) -> FileReport | None:
    """The report of the load that makes this one needless, if there is one.

    The same content again is needless unless someone gave it another delivery date.
    """
    row = first_row(
        connection,
        """
        SELECT load_id, source_file, delivered_on, loaded_at FROM loads
        WHERE utility_id = ? AND entity = ? AND sha256 = ? AND status = 'loaded'
            AND (NOT ? OR delivered_on = ?)
        ORDER BY load_id LIMIT 1
        """,
        [content.utility_id, content.entity, content.sha256, delivered.is_dated, delivered.delivered_on],
    )
    if row is None:
        return None
    load_id, source_file, delivered_on, loaded_at = row
    return FileReport(
        delivered.name,
        content.entity,
        "already loaded",
        message=f"the same content was loaded as {source_file} on {loaded_at:%Y-%m-%d} (load {load_id})",
        load_id=load_id,
        delivered_on=delivered_on,
    )


def next_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the load that begins."""
    return one_number(connection, "SELECT coalesce(max(load_id), 0) + 1 FROM loads")


def write(
    connection: duckdb.DuckDBPyConnection, content: Content, delivered: Delivered, report: FileReport
) -> None:
    """Adds a load's row."""
    connection.execute(
        f"INSERT INTO loads VALUES ({', '.join('?' * 17)})",
        [
            report.load_id,
            content.utility_id,
            content.entity or None,
            delivered.name,
            content.sha256,
            delivered.origin,
            delivered.delivered_on,
            datetime.now(UTC).replace(tzinfo=None, microsecond=0),
            report.status,
            report.message or None,
            report.received,
            report.loaded,
            report.unchanged,
            report.restated,
            report.rejected,
            report.masked,
            ", ".join(report.unknown_columns) or None,
        ],
    )


def refuse(
    connection: duckdb.DuckDBPyConnection, content: Content, delivered: Delivered, message: str
) -> FileReport:
    """Notes that a file was refused; the same content refused for the same reason leaves one row only."""
    report = FileReport(
        delivered.name, content.entity, "refused", message=message, delivered_on=delivered.delivered_on
    )
    noted = first_row(
        connection,
        """
        SELECT load_id FROM loads
        WHERE utility_id = ? AND entity IS NOT DISTINCT FROM ? AND sha256 = ?
            AND status = 'refused' AND message = ?
        """,
        [content.utility_id, content.entity or None, content.sha256, message],
    )
    if noted:
        report.load_id = noted[0]
        return report
    report.load_id = next_load_id(connection)
    write(connection, content, delivered, report)
    return report
