"""Versioned builds, the pointer to the current one, and the lock of those who write.

A build is a DuckDB file in `warehouse/builds/` with its audit record beside it. It becomes current by the
atomic replacement of `warehouse/current.json`: a reader sees the one build or the other, never half of one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ratehouse.errors import RatehouseError, UsageError, WorkspaceLocked
from ratehouse.workspace import BUILDS_KEPT, Workspace

FAILED = "failed"
PASSED = "passed"
PASSED_WITH_WARNINGS = "passed with warnings"


@dataclass(frozen=True)
class Published:
    """What the pointer says.

    Attributes:
        build_id: the current build.
        file: its DuckDB file, relative to `warehouse/`.
        published_at: when it became current, UTC.
        audit_mark: `passed` or `passed with warnings`.
        previous: the build that was current before; None for the first.
    """

    build_id: str
    file: str
    published_at: str
    audit_mark: str
    previous: str | None = None


@dataclass(frozen=True)
class Holder:
    """Who holds the writer lock."""

    pid: int
    command: str
    since: str


def current_build(workspace: Workspace) -> Published | None:
    """The published build; None where nothing was published yet.

    Raises:
        RatehouseError: the pointer is not readable.
    """
    try:
        return Published(**json.loads(workspace.pointer.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise RatehouseError(
            f"{workspace.pointer} is not readable ({error}). "
            "Remove it and run `ratehouse build`; the builds stay."
        ) from error


def required_build(workspace: Workspace, build_id: str | None = None) -> Path:
    """The file of a build.

    Args:
        workspace: where it lies.
        build_id: the build; None for the current one.

    Raises:
        UsageError: there is no such build; the message says which there are, or how to make one.
    """
    if build_id is None:
        published = current_build(workspace)
        if published is None:
            raise UsageError(
                f"Nothing is published in {workspace.root} yet. "
                f"Run `ratehouse run --workspace {workspace.root}`."
            )
        build_id = published.build_id
    known = builds(workspace)
    if build_id not in known:
        names = ", ".join(known) or "none"
        raise UsageError(
            f"No build {build_id} in {workspace.builds} (there: {names}). See `ratehouse status`."
        )
    return workspace.build_database(build_id)


def builds(workspace: Workspace) -> list[str]:
    """The builds whose file is there, oldest first."""
    return sorted(path.stem for path in workspace.builds.glob("*.duckdb"))


def new_build_id(workspace: Workspace, now: datetime | None = None) -> str:
    """An id that sorts by time and is not taken."""
    base = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H%M%SZ")
    build_id, count = base, 1
    while workspace.build_database(build_id).exists() or workspace.audit_record(build_id).exists():
        count += 1
        build_id = f"{base}-{count}"
    return build_id


def read_record(workspace: Workspace, build_id: str) -> dict[str, Any]:
    """The audit record of a build; empty where there is none that can be read."""
    try:
        return json.loads(workspace.audit_record(build_id).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def write_json(path: Path, content: Any) -> None:
    """Replaces a file as a whole: whoever reads it finds the old content or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1, default=str)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def publish(workspace: Workspace, build_id: str, audit_mark: str) -> Published:
    """Makes a build current. The caller holds the writer lock."""
    before = current_build(workspace)
    published = Published(
        build_id=build_id,
        file=workspace.build_database(build_id).relative_to(workspace.warehouse).as_posix(),
        published_at=utc_now(),
        audit_mark=audit_mark,
        previous=before.build_id if before else None,
    )
    write_json(workspace.pointer, asdict(published))
    return published


def prune(workspace: Workspace, keep: int = BUILDS_KEPT) -> list[str]:
    """Removes what is no longer kept: older builds, failed ones but the latest, what a killed process left.

    A reader that has a removed file open goes on reading it. The current build and the one before it stay.

    Returns:
        The ids of the builds that were removed.
    """
    published = current_build(workspace)
    protected = {published.build_id, published.previous} if published else set()
    passed, failed, unfinished = [], [], []
    names = {path.name.lstrip(".").split(".")[0] for path in workspace.builds.glob("*")}
    for build_id in sorted(names, reverse=True):
        mark = read_record(workspace, build_id).get("audit_mark")
        has_file = workspace.build_database(build_id).exists()
        (unfinished if not mark or not has_file else failed if mark == FAILED else passed).append(build_id)
    superfluous = [*passed[keep:], *failed[1:], *unfinished]
    removed = [build_id for build_id in superfluous if build_id not in protected]
    for build_id in removed:
        for path in workspace.builds.glob(f"{build_id}.*"):
            path.unlink(missing_ok=True)
    return removed


def utc_now() -> str:
    """The time as it stands in pointer, lock and audit record."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lock_holder(workspace: Workspace) -> Holder | None:
    """Who holds the writer lock, as far as that can be seen without asking for it."""
    try:
        holder = Holder(**json.loads(_holder_file(workspace).read_text(encoding="utf-8")))
        os.kill(holder.pid, 0)
    except (FileNotFoundError, ValueError, TypeError, ProcessLookupError):
        return None
    except PermissionError:  # the process is there and belongs to someone else
        pass
    return holder


@contextmanager
def writer_lock(
    workspace: Workspace,
    command: str,
    *,
    wait: bool = False,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Holds the right to write raw tables and builds; the system takes it back from a process that dies.

    Args:
        workspace: what is locked.
        command: what the others are told.
        wait: wait for it instead of giving up.
        on_wait: told whom the wait is for, before it begins.

    Raises:
        WorkspaceLocked: another process holds the lock.
    """
    workspace.warehouse.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(workspace.lock))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        who = _describe_holder(workspace)
        if not wait:
            raise WorkspaceLocked(f"{who} Wait until it ends, or repeat the command with --wait.") from error
        if on_wait:
            on_wait(who)
        lock.acquire()
    try:
        write_json(_holder_file(workspace), asdict(Holder(os.getpid(), command, utc_now())))
        yield
    finally:
        _holder_file(workspace).unlink(missing_ok=True)
        lock.release()


def _holder_file(workspace: Workspace) -> Path:
    return workspace.lock.with_suffix(".json")


def _describe_holder(workspace: Workspace) -> str:
    holder = lock_holder(workspace)
    if holder is None:
        return f"Another process is writing to {workspace.root}."
    return f"`{holder.command}` (process {holder.pid}, since {holder.since}) is writing to {workspace.root}."


def command_line() -> str:
    """The command that this process runs, as its user typed it."""
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
