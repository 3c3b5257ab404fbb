"""Extracts to raw: what utilities deliver is read, checked against the contract, and loaded file by file.

The contract is `docs/extracts.md`, and as code `ingest.contract`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb

from ingest.contract import LOAD_ORDER
from ingest.deliveries import check_utility, describe, landed
from ingest.load import Job, load_file
from ingest.profiles import claiming, read_profiles
from ingest.readers import format_of
from ingest.report import FileReport, IngestReport, Progress
from ingest.retries import take_up
from ingest.schema import create_tables
from ratehouse import warehouse
from ratehouse.errors import UsageError
from ratehouse.workspace import Workspace

__all__ = ["FileReport", "IngestReport", "Progress", "ingest_files", "ingest_landing", "prepare"]


def prepare(workspace: Workspace) -> None:
    """Creates the raw database and its tables; what exists stays."""
    with warehouse.connect(workspace.raw_database) as connection:
        create_tables(connection)


def ingest_files(
    workspace: Workspace,
    utility_id: str,
    files: Iterable[str | Path],
    *,
    delivered_on: date | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Loads the given files of one utility.

    Args:
        workspace: where the raw database lies.
        utility_id: whose files they are.
        files: in any order; they load in the order of their deliveries and of the contract.
        delivered_on: the delivery date; without it the nearest `delivery.yml` speaks, else it is today.
        progress: called before each file.

    Raises:
        UsageError: the utility, a file, a profile or a `delivery.yml` is not usable; nothing was loaded.
    """
    check_utility(workspace, utility_id)
    paths = [Path(file) for file in files]
    absent = [path for path in paths if not path.is_file()]
    if absent:
        raise UsageError(f"{absent[0]} does not exist or is no file.")
    return _ingest(workspace, [(utility_id, path) for path in paths], delivered_on, progress)


def ingest_landing(
    workspace: Workspace,
    *,
    utility_id: str | None = None,
    delivered_on: date | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Loads whatever lies in the landing folders and is not loaded yet.

    Args:
        workspace: whose `landing/<utility_id>/` is read.
        utility_id: only this utility.
        delivered_on: as for `ingest_files`.
        progress: called before each file.

    Raises:
        UsageError: a utility, a profile or a `delivery.yml` is not usable; nothing was loaded.
    """
    if utility_id is None:
        homes = workspace.landing.iterdir() if workspace.landing.is_dir() else iter(())
        utilities = sorted(home.name for home in homes if home.is_dir() and not home.name.startswith("."))
    else:
        utilities = [utility_id]
    for utility in utilities:
        check_utility(workspace, utility)
    files = [(utility, path) for utility in utilities for path in landed(workspace, utility)]
    return _ingest(workspace, files, delivered_on, progress)


def _ingest(
    workspace: Workspace,
    files: Sequence[tuple[str, Path]],
    delivered_on: date | None,
    progress: Progress | None,
) -> IngestReport:
    """Plans first, so that a mistake in YAML stops everything before anything is loaded."""
    profiles = {utility: read_profiles(workspace.utilities / utility / "profiles") for utility, _ in files}
    jobs, report = [], IngestReport()
    for utility, path in files:
        delivered = describe(workspace, utility, path, delivered_on)
        profile = claiming(profiles[utility], path.name)
        if profile is None and format_of(path.name) is None:
            message = (
                f"{delivered.name}: its ending names no format that is read here; a profile can claim it"
            )
            report.files.append(FileReport(delivered.name, "", "ignored", message=message))
            continue
        jobs.append(Job(utility, delivered, profile))
    jobs.sort(key=_load_order)
    with warehouse.connect(workspace.raw_database) as connection:
        # The line number of a row is recorded, so its place need not be kept.
        connection.execute("SET preserve_insertion_order = false")
        create_tables(connection)
        for done, job in enumerate(jobs):
            if progress:
                progress(f"{job.utility_id}: {job.delivered.name}", done, len(jobs))
            report.files.extend(load_file(connection, job))
        for utility in sorted(profiles):
            _take_up(connection, utility, report)
        if progress and jobs:
            progress("all files read", len(jobs), len(jobs))
    return report


def _load_order(job: Job) -> tuple[date, int, str]:
    """Deliveries by date; in a delivery what is named before what names it."""
    ranks = [LOAD_ORDER[entity] for entity in job.entities]
    return job.delivered.delivered_on, min(ranks, default=len(LOAD_ORDER)), job.delivered.name


def _take_up(connection: duckdb.DuckDBPyConnection, utility: str, report: IngestReport) -> None:
    """Tries rejected rows again and corrects this report as the manifest is corrected."""
    reported = {file.load_id: file for file in report.files if file.status == "loaded"}
    for load_id, outcome in take_up(connection, utility).items():
        report.taken_up += outcome.accepted
        file = reported.get(load_id)
        if file:
            file.rejected -= outcome.accepted
            file.loaded += outcome.loaded
            file.unchanged += outcome.unchanged
            file.restated += outcome.restated
