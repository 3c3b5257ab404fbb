"""Commands that make and judge builds: build, check, run, status."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from ratehouse import audit, publish
from ratehouse.audit import AuditResult
from ratehouse.build import BuildFailedAudit, BuildOutcome, raw_state, refuse_day_before_all
from ratehouse.build import build as build_and_publish
from ratehouse.commands.console import (
    WaitOption,
    WorkspaceOption,
    counted,
    note,
    parse_day,
    progress,
    rows_table,
    say,
    show,
    table,
)
from ratehouse.commands.data import ingest_with_progress, refuse_if_refused
from ratehouse.commands.figures import print_headlines
from ratehouse.errors import AuditFailed, UsageError, WorkspaceLocked
from ratehouse.publish import command_line, writer_lock
from ratehouse.warehouse import connect
from ratehouse.workspace import DEFAULT_WORKSPACE, Workspace

AsOfOption = Annotated[
    str | None,
    typer.Option(help="The day that the build stands on, as 2021-06-30; else the latest that was delivered."),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Build even where nothing has changed.")]

DELIVERIES = """
    SELECT
        utility_id,
        count(*) FILTER (status = 'loaded') AS files,
        sum(loaded + restated) FILTER (status = 'loaded') AS rows,
        count(*) FILTER (status = 'refused') AS refused,
        max(delivered_on) FILTER (status = 'loaded') AS latest,
        bool_or(origin = 'simulated') AS is_simulated
    FROM loads GROUP BY utility_id ORDER BY utility_id
"""
STILL_REJECTED = """
    SELECT utility_id, count(*) FROM rejects WHERE taken_up_by_load_id IS NULL GROUP BY utility_id
"""


def build(
    as_of: AsOfOption = None,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    wait: WaitOption = False,
) -> None:
    """Build the warehouse from the raw tables, audit it and publish it.

    Where neither the raw tables nor the policy nor the models have changed, the current build stands. A build
    that fails its audit is not published, and the one before stays current.

    Example: ratehouse build --as-of 2021-06-30
    """
    place = Workspace.existing(workspace)
    day = parse_day(as_of, "--as-of")
    with writer_lock(place, command_line(), wait=wait, on_wait=note):
        build_with_progress(place, day, force)


def run(
    as_of: AsOfOption = None,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    wait: WaitOption = False,
) -> None:
    """Load what lies in landing/, then build, audit and publish.

    Example: ratehouse run --workspace data
    """
    place = Workspace.existing(workspace)
    day = parse_day(as_of, "--as-of")
    with writer_lock(place, command_line(), wait=wait, on_wait=note):
        ingest_and_build(place, day, force)


def ingest_and_build(workspace: Workspace, as_of: date | None = None, force: bool = False) -> BuildOutcome:
    """What `run` does. The caller holds the writer lock."""
    report = ingest_with_progress(workspace, None, None, None)
    refuse_if_refused(
        report,
        then="\nNothing was built. Correct the file and run again, or build without it: `ratehouse build`.",
    )
    return build_with_progress(workspace, as_of, force)


def build_with_progress(workspace: Workspace, as_of: date | None, force: bool) -> BuildOutcome:
    """Builds and prints what the audit found. The caller holds the writer lock."""
    if as_of:
        refuse_day_before_all(workspace, as_of)
    try:
        with progress("Building") as report:
            outcome = build_and_publish(workspace, as_of=as_of, force=force, progress=report)
    except BuildFailedAudit as failure:
        print_failures(failure.results)
        raise
    published = outcome.published
    if outcome.is_reused:
        say(
            f"Nothing has changed since build {published.build_id}: it stays current "
            f"({published.audit_mark})."
        )
        return outcome
    print_failures(outcome.results)
    say(f"Build {published.build_id} is published: {_counted(outcome.results)}, {published.audit_mark}.")
    if as_of and published.previous:
        say(
            f"It stands on {as_of} and is current now instead of build {published.previous}. "
            "`ratehouse build` makes one on the latest day again."
        )
    return outcome


def check(
    build_id: Annotated[
        str | None, typer.Option("--build", help="A build's id, as `status` shows it; else the current one.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Audit a build again, reading only; dashboards and builds go on meanwhile.

    Example: ratehouse check --build 2026-11-21T221500Z
    """
    place = Workspace.existing(workspace)
    database = publish.required_build(place, build_id)
    record = publish.read_record(place, database.stem)
    raw = place.raw_database
    moved = record.get("raw_fingerprint") != raw_state(place).fingerprint
    if moved:
        note("The raw tables have moved on since this build; what reads them is skipped.")
    with progress(f"Auditing {database.stem}") as report:
        results = audit.recheck(database, None if moved else raw, report)
    print_failures(results)
    mark = audit.audit_mark(results)
    say(f"Build {database.stem}: {_counted(results)}, {mark}.")
    if mark == publish.FAILED:
        raise AuditFailed(f"Build {database.stem} fails its audit. See the failing rows above.")


def status(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Show what the workspace holds: deliveries, builds, audit, who is writing, and the headline figures.

    Example: ratehouse status --workspace data
    """
    place = Workspace.existing(workspace)
    say(f"Workspace {place.root}")
    holder = publish.lock_holder(place)
    if holder:
        say(f"Writing now: `{holder.command}` (process {holder.pid}, since {holder.since}).")
    _print_deliveries(place)
    published = publish.current_build(place)
    _print_builds(place, published.build_id if published else None)
    if published:
        print_headlines(publish.required_build(place))
    else:
        say(f"Nothing is published yet. `ratehouse run --workspace {workspace}` builds and publishes.")


def print_failures(results: list[AuditResult]) -> None:
    """The rows that break a test, as tables; errors last, so that they stand at the end of the screen."""
    for severity in ("warn", "error"):
        for result in audit.failures(results, severity):
            word = "Failed" if severity == "error" else "Warning"
            say(f"{word}: {result.name} ({result.subject}{_how_many(result)})")
            if result.detail:
                say(f"  {result.detail}")
            if result.failing_rows:
                show(rows_table(result.failing_rows))


def _how_many(result: AuditResult) -> str:
    """How many rows break a test, and how many of them are shown."""
    shown = len(result.failing_rows)
    if result.kind == "expectation":  # judged on a profile or a sample: it knows examples, not the number
        return ""
    count = counted(result.failing_count, "row")
    return f": {count}, the first {shown}" if result.failing_count > shown else f": {count}"


def _counted(results: list[AuditResult]) -> str:
    passed = sum(result.passed for result in results)
    parts = [f"{passed} of {len(results)} checks passed"]
    for words, count in (
        ("failed", len(audit.failures(results, "error"))),
        ("warned", len(audit.failures(results, "warn"))),
        ("skipped", sum(result.status == "skipped" for result in results)),
    ):
        if count:
            parts.append(f"{count} {words}")
    return ", ".join(parts)


def _print_deliveries(workspace: Workspace) -> None:
    known = workspace.utility_ids()
    try:
        connection = connect(workspace.raw_database, read_only=True)
    except WorkspaceLocked:
        say(
            f"Utilities: {', '.join(known) or 'none'}. The raw tables are being written to; look again later."
        )
        return
    except UsageError:
        say(f"Utilities: {', '.join(known) or 'none'}. No extract has been loaded yet.")
        return
    try:
        loads = {row[0]: row[1:] for row in connection.execute(DELIVERIES).fetchall()}
        rejected = dict(connection.execute(STILL_REJECTED).fetchall())
    finally:
        connection.close()
    numbers = ("files", "rows", "refused files", "rejected rows")
    # The heading breaks where the day below it must not.
    latest_delivery = "latest\ndelivery"
    made = table(
        "Deliveries", "utility", *numbers, latest_delivery, "origin",
        numbers=numbers, unbroken=("utility", latest_delivery, "origin"),
    )  # fmt: skip
    for utility_id in sorted({*known, *loads}):
        files, rows, refused, latest, is_simulated = loads.get(utility_id, (0, 0, 0, None, False))
        origin = "simulated" if is_simulated else "delivered" if files else "-"
        made.add_row(
            utility_id, f"{files:,}", f"{rows or 0:,}", f"{refused:,}", f"{rejected.get(utility_id, 0):,}",
            str(latest or "-"), origin,
        )  # fmt: skip
    show(made)


def _print_builds(workspace: Workspace, current: str | None) -> None:
    made = table("Builds", "build", "audit", "checks", "warned", "failed", "", unbroken=("build",))
    for build_id in publish.builds(workspace):
        record = publish.read_record(workspace, build_id)
        results = record.get("results", [])
        failed = [one for one in results if one["status"] == "failed"]
        errors = sum(one["severity"] == "error" for one in failed)
        made.add_row(
            build_id, record.get("audit_mark", "unfinished"), str(len(results)), str(len(failed) - errors),
            str(errors), "current" if build_id == current else "",
        )  # fmt: skip
    if made.row_count:
        show(made)
