"""Writing rejected rows down: file, line, raw text, column, a sentence, and the row for a later attempt."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator

import duckdb
import pyarrow as pa

from ingest.checks import explain
from ingest.contract import Entity
from ingest.mask import mask
from ingest.merge import Lineage
from ingest.readers.source import BrokenRecord
from ingest.stage import Staging

ROWS_AT_ONCE = 200_000
RawText = Callable[[Collection[int]], dict[int, str]]
# line, raw text, column, reason, row as JSON
Reject = tuple[int, str | None, str | None, str, str | None]


def faulty_rows(staging: Staging) -> Iterator[list[tuple[int, int, dict[str, str | None]]]]:
    """The rejected rows of `_staged` with their canonical text, by line, in portions: line, fault, values."""
    connection, entity = staging.connection, staging.entity
    described = connection.execute("DESCRIBE _canon").fetchall()
    present = {row[0] for row in described}
    names = [column.name for column in entity.columns if column.name in present]
    values = ", ".join(f"CAST(c.{name} AS VARCHAR)" for name in names)
    # A cursor would see no temporary table, and the rows are written through the same connection while they
    # are read.
    lines = connection.execute(
        "SELECT _line, _fault FROM _staged WHERE _fault <> 0 ORDER BY _line"
    ).fetchall()
    for start in range(0, len(lines), ROWS_AT_ONCE):
        part = lines[start : start + ROWS_AT_ONCE]
        rows = connection.execute(
            f"""
            SELECT c._line, s._fault, {values} FROM _canon c JOIN _staged s ON s._line = c._line
            WHERE s._fault <> 0 AND c._line BETWEEN ? AND ? ORDER BY c._line
            """,
            [part[0][0], part[-1][0]],
        ).fetchall()
        yield [(row[0], row[1], dict(zip(names, row[2:], strict=True))) for row in rows]


def write_rejects(
    staging: Staging, lineage: Lineage, raw_text: RawText, broken: Iterable[BrokenRecord]
) -> tuple[int, int]:
    """Writes the faulty rows of `_staged` and the broken records.

    Returns:
        How many rows were rejected, and how many card or bank numbers were masked in them beyond those that
        were masked in their columns before.
    """
    rejected = masked = 0
    broken = list(broken)
    if broken:
        texts = raw_text([record.line for record in broken])
        portion = [_broken(record, texts.get(record.line)) for record in broken]
        rejected += len(portion)
        masked += sum(count for _, count in portion)
        _insert(staging, lineage, [reject for reject, _ in portion])
    for rows in faulty_rows(staging):
        texts = raw_text([line for line, _, _ in rows])
        portion = [
            _faulty(staging.entity, line, number, values, texts.get(line), staging.account_pattern)
            for line, number, values in rows
        ]
        rejected += len(portion)
        masked += sum(count for _, count in portion)
        _insert(staging, lineage, [reject for reject, _ in portion])
    return rejected, masked


def _broken(record: BrokenRecord, text: str | None) -> tuple[Reject, int]:
    safe, count = mask(text or "")
    return (record.line, safe, None, record.reason, None), count


def _faulty(
    entity: Entity,
    line: int,
    number: int,
    values: dict[str, str | None],
    text: str | None,
    account_pattern: str | None,
) -> tuple[Reject, int]:
    """One reject; keys, references and traces in it stay readable."""
    protected = [value for name, value in values.items() if value and entity.by_name[name].type == "id"]
    column, reason = explain(entity, number, values, account_pattern)
    # Text columns were masked and counted with the rest of the file; a card number in a number's place was
    # not.
    safe: dict[str, str | None] = {}
    count = 0
    for name, value in values.items():
        if value and not entity.by_name[name].is_masked and entity.by_name[name].type != "id":
            value, found = mask(value)
            count += found
        safe[name] = value
    row_json = json.dumps(safe, ensure_ascii=False)
    return (line, mask(text or "", protected)[0], column, mask(reason, protected)[0], row_json), count


def _insert(staging: Staging, lineage: Lineage, rejects: list[Reject]) -> None:
    kinds = (pa.int64(), pa.string(), pa.string(), pa.string(), pa.string())
    names = ("line_number", "raw_text", "column_name", "reason", "row_json")
    columns = zip(*rejects, strict=True)
    table = pa.table(
        {name: pa.array(column, kind) for name, column, kind in zip(names, columns, kinds, strict=True)}
    )
    connection: duckdb.DuckDBPyConnection = staging.connection
    connection.register("_rejects", table)
    connection.execute(
        """
        INSERT INTO rejects
        SELECT ?, ?, ?, ?, line_number, raw_text, column_name, reason, row_json, NULL FROM _rejects
        """,
        [lineage.load_id, staging.utility_id, staging.entity.name, lineage.source_file],
    )
    connection.unregister("_rejects")
