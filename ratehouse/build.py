"""From raw tables to an audited, published build.

A build is made in `warehouse/work/`, which no reader knows, audited there, moved to `warehouse/builds/`
and only then made current. Whatever ends the process before that leaves the build before it current.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ratehouse import audit, publish
from ratehouse.audit import AuditResult
from ratehouse.dbt import DbtTest, NodeResult, Progress, run_dbt
from ratehouse.errors import AuditFailed, UsageError
from ratehouse.publish import Published
from ratehouse.warehouse import connect
from ratehouse.workspace import DBT_PROJECT, PROJECT_ROOT, Workspace

LATEST_LOAD = "SELECT coalesce(max(load_id), 0), count(*) FROM loads"
TAKEN_UP = "SELECT count(*), count(taken_up_by_load_id) FROM rejects"
FIRST_POSTING = """
    SELECT min(posted_on) FROM (
        SELECT min(bill_date) AS posted_on FROM bills
        UNION ALL SELECT min(posted_on) FROM payments
        UNION ALL SELECT min(posted_on) FROM adjustments
    ) AS firsts
"""
LOADED_FILES = "SELECT count(*) FROM loads WHERE status = 'loaded'"
POLICY_TABLES = (
    "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'policy\\_%' ESCAPE '\\' ORDER BY ALL"
)
# What a build is made by, beside the raw tables: a change in any of it is a reason to build again.
SOURCES = ((DBT_PROJECT, "*.sql"), (DBT_PROJECT, "*.yml"), (PROJECT_ROOT / "expectations", "*.py"))


@dataclass(frozen=True)
class RawState:
    """What the raw database held at a moment.

    Attributes:
        load_id_max: the latest load.
        fingerprint: differs as soon as a file was loaded, a row taken up or the policy changed.
    """

    load_id_max: int
    fingerprint: str


@dataclass(frozen=True)
class BuildOutcome:
    """What `build` did.

    Attributes:
        published: the build that is current now.
        results: the answers of its audit; empty where it was reused.
        is_reused: whether nothing had changed and the current build stands.
        removed: older builds that are no longer kept.
    """

    published: Published
    results: list[AuditResult]
    is_reused: bool = False
    removed: tuple[str, ...] = ()


class BuildFailedAudit(AuditFailed):
    """A build failed its audit; the answers are at hand for whoever prints them."""

    def __init__(self, message: str, results: list[AuditResult]) -> None:
        super().__init__(message)
        self.results = results


def build(
    workspace: Workspace, *, as_of: date | None = None, force: bool = False, progress: Progress | None = None
) -> BuildOutcome:
    """Builds, audits and publishes. The caller holds the writer lock.

    Args:
        workspace: where the raw tables lie.
        as_of: the build's as-of date; None for the latest day that the deliveries speak for.
        force: build even where nothing has changed since the current build.
        progress: told what is being done.

    Raises:
        UsageError: there is nothing to build from, the date is before all of it, or a policy file is wrong.
        BuildFailedAudit: the build before stays current; this one is kept as evidence, unpublished.
    """
    _load_policy(workspace)
    if as_of:
        refuse_day_before_all(workspace, as_of)
    raw = raw_state(workspace)
    project = project_fingerprint()
    before = publish.current_build(workspace)
    if before and not force and _is_current(workspace, before, raw, project, as_of):
        return BuildOutcome(before, [], is_reused=True)

    build_id = publish.new_build_id(workspace)
    database = _clean_work_folder(workspace) / "building.duckdb"
    nodes = run_dbt(
        database=database,
        raw=workspace.raw_database,
        folder=database.parent / "dbt",
        as_of=as_of,
        progress=progress,
    )
    results = _audited(workspace, database, nodes, progress)
    record: dict[str, Any] = {
        "build_id": build_id,
        "built_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        "as_of_option": as_of,
        "raw_load_id_max": raw.load_id_max,
        "raw_fingerprint": raw.fingerprint,
        "project_fingerprint": project,
        "previous_build_id": before.build_id if before else None,
        "ratehouse_version": ratehouse_version(),
        "audit_mark": audit.audit_mark(results),
    }
    _seal(database, record, results, [node.test for node in nodes if node.test])
    return _conclude(workspace, database, record, results, before)


def refuse_day_before_all(workspace: Workspace, as_of: date) -> None:
    """Refuses a day before the first posting of every utility: its build would be empty, and current.

    Raises:
        UsageError: with the first day.
    """
    if not workspace.raw_database.exists():
        return
    connection = connect(workspace.raw_database, read_only=True)
    try:
        (first,) = connection.execute(FIRST_POSTING).fetchone() or (None,)
    finally:
        connection.close()
    if first and as_of < first:
        raise UsageError(
            f"--as-of {as_of}: nothing had been posted yet. The first day that the deliveries speak of is "
            f"{first}; name that day or a later one."
        )


def raw_state(workspace: Workspace) -> RawState:
    """What the raw database holds now."""
    connection = connect(workspace.raw_database, read_only=True)
    try:
        load_id_max, loads = connection.execute(LATEST_LOAD).fetchone() or (0, 0)
        digest = hashlib.sha256(repr((load_id_max, loads, connection.execute(TAKEN_UP).fetchone())).encode())
        for (table,) in connection.execute(POLICY_TABLES).fetchall():
            # The name comes from DuckDB's own catalogue.
            digest.update(repr((table, connection.execute(f"FROM {table} ORDER BY ALL").fetchall())).encode())
    finally:
        connection.close()
    return RawState(load_id_max, digest.hexdigest())


def project_fingerprint() -> str:
    """Of the models, tests and expectations, and of the version of ratehouse."""
    digest = hashlib.sha256(ratehouse_version().encode())
    for folder, pattern in SOURCES:
        for path in sorted(folder.rglob(pattern)):
            if "target" not in path.relative_to(folder).parts:
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def ratehouse_version() -> str:
    """The installed version."""
    try:
        return version("ratehouse")
    except PackageNotFoundError:
        return "not installed"


def _load_policy(workspace: Workspace) -> None:
    """Brings the policy tables up to the YAML; a build never stands on policy that was edited since."""
    from ingest.policy import load_policy

    if not workspace.raw_database.exists():
        raise UsageError(
            f"{workspace.root} has no raw tables yet. Load extracts with `ratehouse ingest`, or do both with "
            f"`ratehouse run`."
        )
    for utility_id in workspace.utility_ids():
        load_policy(workspace, utility_id)
    connection = connect(workspace.raw_database, read_only=True)
    try:
        loaded = connection.execute(LOADED_FILES).fetchone()
    finally:
        connection.close()
    if not loaded or not loaded[0]:
        raise UsageError(
            f"No extract has been loaded into {workspace.root} yet, so there is nothing to build. Put files "
            f"into {workspace.landing}/<utility>/ and use `ratehouse run`, or see "
            "`ratehouse simulate --help`."
        )


def _is_current(
    workspace: Workspace, before: Published, raw: RawState, project: str, as_of: date | None
) -> bool:
    record = publish.read_record(workspace, before.build_id)
    return (
        workspace.build_database(before.build_id).exists()
        and record.get("raw_fingerprint") == raw.fingerprint
        and record.get("project_fingerprint") == project
        and record.get("as_of_option") == (as_of.isoformat() if as_of else None)
    )


def _clean_work_folder(workspace: Workspace) -> Path:
    """The folder that builds are made in, without what a killed build left; dbt's parsed project stays."""
    folder = workspace.warehouse / "work"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("building.duckdb*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return folder


def _audited(
    workspace: Workspace, database: Path, nodes: list[NodeResult], progress: Progress | None
) -> list[AuditResult]:
    results = audit.judge_nodes(nodes, database, workspace.raw_database)
    return results + audit.judge_expectations(
        database, workspace.raw_database, has_marts=audit.is_complete(nodes), progress=progress
    )


def _seal(database: Path, record: dict[str, Any], results: list[AuditResult], tests: list[DbtTest]) -> None:
    """Writes the audit into the build and everything of it into the one file."""
    connection = connect(database)
    try:
        audit.write_results(connection, record, results, tests)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
    with database.open("rb") as file:
        os.fsync(file.fileno())


def _conclude(
    workspace: Workspace,
    database: Path,
    record: dict[str, Any],
    results: list[AuditResult],
    before: Published | None,
) -> BuildOutcome:
    """Moves the build to its place, with its evidence, and publishes it if its audit allows."""
    build_id, mark = record["build_id"], record["audit_mark"]
    workspace.builds.mkdir(parents=True, exist_ok=True)
    evidence = {
        **record,
        "as_of_option": record["as_of_option"].isoformat() if record["as_of_option"] else None,
        "results": [{**asdict(one), "passed": one.passed} for one in results],
    }
    publish.write_json(workspace.audit_record(build_id), evidence)
    os.replace(database, workspace.build_database(build_id))
    if mark == publish.FAILED:
        publish.prune(workspace)
        stays = f"Build {before.build_id} stays current" if before else "Nothing is published"
        raise BuildFailedAudit(
            f"Build {build_id} failed its audit and was not published. {stays}. "
            f"The evidence is in {workspace.audit_record(build_id)}.",
            results,
        )
    published = publish.publish(workspace, build_id, mark)
    return BuildOutcome(published, results, removed=tuple(publish.prune(workspace)))
