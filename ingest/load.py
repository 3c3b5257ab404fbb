"""Loads one file: all of it or, when it is refused or the process ends, nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from ingest import checks, manifest
from ingest.contract import ENTITIES, Entity
from ingest.deliveries import Delivered, entity_of, sha256
from ingest.merge import Lineage, Outcome, merge
from ingest.profiles import Profile, Target
from ingest.readers import READERS, Layout, Source, Unreadable, format_of
from ingest.rejects import write_rejects
from ingest.report import FileReport
from ingest.sql import first_row
from ingest.stage import (
    Staging,
    canon_types,
    check_references,
    check_returns,
    mask_canon,
    settle_duplicates,
    stage,
)
from ingest.translate import fill_incoming, translate
from ratehouse.errors import DataRefused
from ratehouse.warehouse import transaction

TEMPORARY = ("_incoming", "_canon", "_staged", "_repeated", "_disputed", "_met")
DELIMITERS = {";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}


@dataclass(frozen=True)
class Job:
    """A file that is to be loaded.

    Attributes:
        utility_id: whose it is.
        delivered: the file and its delivery.
        profile: what brings it to the contract's columns; None where it has them already.
    """

    utility_id: str
    delivered: Delivered
    profile: Profile | None = None

    @property
    def entities(self) -> list[str]:
        """What the file feeds, in the order in which it loads; empty where nothing is known of it."""
        if self.profile:
            order = list(ENTITIES)
            return sorted((target.entity for target in self.profile.targets), key=order.index)
        entity = entity_of(self.delivered.path.name)
        return [entity] if entity else []


@dataclass
class _Rows:
    """What preparing `_canon` found beside the rows in it."""

    unknown_columns: list[str] = field(default_factory=list)
    dropped: int = 0
    notes: list[str] = field(default_factory=list)


def load_file(connection: duckdb.DuckDBPyConnection, job: Job) -> list[FileReport]:
    """Loads one file in one transaction.

    Returns:
        One report per entity that the file feeds.
    """
    delivered = job.delivered
    fingerprint = sha256(delivered.path)
    contents = [manifest.Content(job.utility_id, entity, fingerprint) for entity in job.entities]
    if not contents:
        message = (
            f"{delivered.name}: no entity of the contract has this name and no source profile claims it; "
            f"name it as one of {', '.join(ENTITIES)}, or write a profile"
        )
        with transaction(connection):
            return [
                manifest.refuse(
                    connection, manifest.Content(job.utility_id, "", fingerprint), delivered, message
                )
            ]
    earlier = [manifest.earlier_load(connection, content, delivered) for content in contents]
    if all(earlier):
        return [report for report in earlier if report]
    try:
        with transaction(connection):
            return _load(connection, job, contents, earlier)
    except (DataRefused, Unreadable) as refusal:
        with transaction(connection):
            message = f"{delivered.name}: {refusal}"
            return [manifest.refuse(connection, content, delivered, message) for content in contents]


def _load(
    connection: duckdb.DuckDBPyConnection,
    job: Job,
    contents: list[manifest.Content],
    earlier: list[FileReport | None],
) -> list[FileReport]:
    layout = job.profile.layout if job.profile else Layout()
    kind = (job.profile.format if job.profile else None) or format_of(job.delivered.path.name) or "csv"
    source = READERS[kind](job.delivered.path, layout)
    _refuse_repeated_columns(source)
    if job.profile:
        fill_incoming(connection, source)
    reports = []
    for content, known in zip(contents, earlier, strict=True):
        entity = ENTITIES[content.entity]
        if known:
            reports.append(known)
            continue
        if job.profile:
            rows = _translated(connection, entity, job.profile, source)
        else:
            rows = _canonical(connection, entity, source)
        reports.append(_load_entity(connection, job, content, source, rows))
    # The names are constants of this module; DDL takes no parameters.
    for name in TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
    return reports


def _load_entity(
    connection: duckdb.DuckDBPyConnection,
    job: Job,
    content: manifest.Content,
    source: Source,
    rows: _Rows,
) -> FileReport:
    """From `_canon` to the raw table, the rejects and the manifest."""
    delivered = job.delivered
    lineage = Lineage(manifest.next_load_id(connection), delivered.name, delivered.delivered_on)
    staging = Staging(
        connection, ENTITIES[content.entity], job.utility_id, account_pattern(connection, job.utility_id)
    )
    received = staging.scalar("SELECT count(*) FROM _canon") + len(source.broken) + rows.dropped
    masked, copies, outcome = check_and_merge(staging, lineage)
    rejected, masked_in_rejects = write_rejects(staging, lineage, source.raw_text, source.broken)
    report = FileReport(
        delivered.name,
        content.entity,
        "loaded",
        received=received,
        loaded=outcome.loaded,
        unchanged=outcome.unchanged + copies + rows.dropped,
        restated=outcome.restated,
        rejected=rejected,
        masked=masked + masked_in_rejects,
        message="; ".join([*rows.notes, *_notes(copies, outcome)]),
        unknown_columns=rows.unknown_columns,
        load_id=lineage.load_id,
        delivered_on=delivered.delivered_on,
    )
    if received != report.loaded + report.unchanged + report.restated + report.rejected:
        raise AssertionError(f"{delivered.name}: {content.entity}: the rows do not add up: {report}")
    manifest.write(connection, content, delivered, report)
    return report


def check_and_merge(staging: Staging, lineage: Lineage) -> tuple[int, int, Outcome]:
    """The path that every row takes from `_canon` on, whether it arrives or is tried again.

    Returns:
        How many numbers were masked, how many copies were dropped, and what became of the sound rows.
    """
    present = canon_types(staging.connection)
    masked = mask_canon(staging, present)
    stage(staging, present)
    copies = settle_duplicates(staging)
    check_references(staging)
    if staging.entity.name == "payment_returns":
        check_returns(staging)
    return masked, copies, merge(staging, lineage)


def account_pattern(connection: duckdb.DuckDBPyConnection, utility_id: str) -> str | None:
    """What the utility's policy asks of account ids, if anything."""
    row = first_row(
        connection, "SELECT account_id_pattern FROM policy_utilities WHERE utility_id = ?", [utility_id]
    )
    return row[0] if row else None


def _canonical(connection: duckdb.DuckDBPyConnection, entity: Entity, source: Source) -> _Rows:
    """Fills `_canon` from a file that has the contract's columns.

    Raises:
        DataRefused: a required column is missing; often the delimiter is wrong.
    """
    positions = {name: place for place, name in enumerate(source.columns) if name in entity.by_name}
    missing = [column.name for column in entity.columns if column.required and column.name not in positions]
    if missing:
        raise DataRefused(_missing(entity, source, missing))

    def expression(name: str, arrow_type: pa.DataType) -> str:
        cell = f"c{positions[name]}"
        exact = checks.is_exact(entity.by_name[name], arrow_type)
        return f"{cell if exact else checks.trimmed(cell)} AS {name}"

    _fill(
        connection,
        "_canon",
        source,
        list(positions.values()),
        lambda schema: [
            expression(name, schema.field(f"c{place}").type) for name, place in positions.items()
        ],
    )
    unknown = [
        name or f"column {place} (no name)"
        for place, name in enumerate(source.columns, start=1)
        if name not in entity.by_name
    ]
    notes = [f"unknown columns kept out: {', '.join(unknown)}"] if unknown else []
    return _Rows(unknown, notes=notes)


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    source: Source,
    positions: list[int],
    expressions: Callable[[pa.Schema], list[str]],
) -> None:
    """Makes a temporary table from the batches of a source."""
    for number, batch in enumerate(source.batches(positions)):
        connection.register("_batch", pa.Table.from_batches([batch]))
        select = f"SELECT _line, {', '.join(expressions(batch.schema))} FROM _batch"
        verb = f"INSERT INTO {table}" if number else f"CREATE OR REPLACE TEMP TABLE {table} AS"
        connection.execute(f"{verb} {select}")
        connection.unregister("_batch")


def _translated(
    connection: duckdb.DuckDBPyConnection, entity: Entity, profile: Profile, source: Source
) -> _Rows:
    """Fills `_canon` from `_incoming` as the profile says."""
    target: Target = next(target for target in profile.targets if target.entity == entity.name)
    translation = translate(connection, entity, target, source)
    return _Rows(dropped=translation.dropped, notes=translation.notes)


def _refuse_repeated_columns(source: Source) -> None:
    """Two columns of one name cannot be told apart."""
    repeated = sorted({name for name in source.columns if name and source.columns.count(name) > 1})
    if repeated:
        raise DataRefused(f"the column {repeated[0]} appears more than once in the header; keep one")


def _missing(entity: Entity, source: Source, missing: list[str]) -> str:
    """The sentence for a file without its required columns."""
    for delimiter, name in DELIMITERS.items():
        parts = {part.strip().strip('"') for column in source.columns for part in column.split(delimiter)}
        found = sum(column in parts for column in entity.by_name)
        if found >= 2 and found > sum(column in entity.by_name for column in source.columns):
            return (
                f"the delimiter is {name} and a comma is expected; save the file with commas, or name the "
                "delimiter in a source profile"
            )
    these = "the required column" if len(missing) == 1 else "the required columns"
    return f"{these} {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing from the header"


def _notes(copies: int, outcome: Outcome) -> list[str]:
    """What a reader of the report would otherwise wonder about."""
    notes = []
    if copies:
        notes.append(f"{copies} exact copies of another row in the file, counted as unchanged")
    if outcome.older:
        notes.append(
            f"{outcome.older} rows are older than the version in force, which stays; counted as unchanged"
        )
    return notes
