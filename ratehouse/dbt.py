"""Runs dbt once over a build and reads what it left: every result, and the SQL of the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ratehouse.errors import RatehouseError
from ratehouse.workspace import DBT_PROJECT, MEMORY_LIMIT, PROJECT_ROOT

# Called with what is being done, how many steps are done and how many there are.
Progress = Callable[[str, int, int], None]

LOG_LINES_SHOWN = 12


@dataclass(frozen=True)
class DbtTest:
    """A test of the project as dbt compiled it: a query whose rows are failures.

    Attributes:
        name: as in dbt.
        subject: the model or source that it is about.
        description: what it holds, in words, where the project says so.
        severity: `error` or `warn`.
        sql: the compiled query.
        fail_calc: what is counted over its rows.
        warn_if: the condition on the count under which it warns, like `!= 0`.
        error_if: the condition under which it fails.
        reads_raw: whether it needs the raw database, itself or through a view.
    """

    name: str
    subject: str
    description: str
    severity: str
    sql: str
    fail_calc: str
    warn_if: str
    error_if: str
    reads_raw: bool


@dataclass(frozen=True)
class NodeResult:
    """What became of one model or test.

    Attributes:
        name: of the node.
        type: `model` or `test`.
        status: dbt's word: success, error, skipped, pass, fail, warn.
        message: what dbt says about it.
        failing_count: failing rows of a test.
        test: the test, where it is one.
    """

    name: str
    type: str
    status: str
    message: str
    failing_count: int
    test: DbtTest | None = None


def run_dbt(
    *, database: Path, raw: Path, folder: Path, as_of: date | None, progress: Progress | None = None
) -> list[NodeResult]:
    """Runs `dbt build` into a database file.

    Args:
        database: the file to build, made where it is missing.
        raw: the raw database, attached read-only.
        folder: where dbt keeps its target and its logs.
        as_of: the build's as-of date; None for the latest day that the deliveries speak for.
        progress: called for every node that starts.

    Raises:
        RatehouseError: dbt itself could not run; a model or test that fails is a result.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "target"
    (target / "run_results.json").unlink(missing_ok=True)
    arguments = [
        "build",
        "--project-dir", str(DBT_PROJECT),
        "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(target),
        "--log-path", str(folder),
        "--log-level-file", "info",
        # Unit tests ask whether the project's code is right; they say nothing about a city's data.
        "--exclude-resource-type", "unit_test",
        "--vars", json.dumps({"as_of": as_of.isoformat() if as_of else ""}),
    ]  # fmt: skip
    environment = {
        **os.environ,
        "RATEHOUSE_BUILD": str(database),
        "RATEHOUSE_RAW": str(raw),
        "RATEHOUSE_MEMORY_LIMIT": MEMORY_LIMIT,
        "RATEHOUSE_DBT_TARGET": str(target),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT_ROOT), os.environ.get("PYTHONPATH")])),
    }
    log = folder / "console.log"
    crash = _run_worker(arguments, environment, log, progress)
    results = target / "run_results.json"
    if crash or not results.exists():
        raise RatehouseError(f"dbt could not run: {crash or _last_lines(log)}\nThe whole log is in {log}.")
    return _read_results(results, target / "manifest.json")


def _run_worker(
    arguments: list[str], environment: dict[str, str], log: Path, progress: Progress | None
) -> str | None:
    """Runs the worker to its end; returns why it crashed, if it did."""
    crash = None
    with log.open("wb") as log_file:
        worker = subprocess.Popen(
            [sys.executable, "-m", "ratehouse.dbt_worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log_file,
            env=environment,
            cwd=log.parent,
            text=True,
            encoding="utf-8",
        )
        try:
            for text in worker.stdout or ():
                line = json.loads(text)
                if line["kind"] == "crash":
                    crash = line["message"]
                elif progress:
                    verb = "testing" if line["type"] == "test" else "building"
                    progress(f"{verb} {line['name']}", line["done"], line["total"])
            worker.wait()
        finally:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                if pipe:
                    pipe.close()
    return crash


def _last_lines(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "\n".join(lines[-LOG_LINES_SHOWN:]) or "it ended without a word"


def _read_results(results: Path, manifest_file: Path) -> list[NodeResult]:
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    reads_raw = _reads_raw(manifest)
    nodes = []
    for result in json.loads(results.read_text(encoding="utf-8"))["results"]:
        node = manifest["nodes"][result["unique_id"]]
        is_test = node["resource_type"] == "test"
        nodes.append(
            NodeResult(
                name=node["name"],
                type=node["resource_type"],
                status=result["status"],
                message=result.get("message") or "",
                failing_count=result.get("failures") or 0,
                test=_test(node, result, reads_raw) if is_test else None,
            )
        )
    return nodes


def _test(node: dict[str, Any], result: dict[str, Any], reads_raw: Callable[[str], bool]) -> DbtTest:
    parents, config = node["depends_on"]["nodes"], node["config"]
    attached = node.get("attached_node") or (parents[0] if parents else node["unique_id"])
    return DbtTest(
        name=node["name"],
        subject=attached.split(".")[-1],
        description=node.get("description") or "",
        severity=config["severity"].lower(),
        sql=result.get("compiled_code") or node.get("compiled_code") or "",
        fail_calc=config["fail_calc"],
        warn_if=config["warn_if"],
        error_if=config["error_if"],
        reads_raw=any(reads_raw(parent) for parent in parents),
    )


def _reads_raw(manifest: dict[str, Any]) -> Callable[[str], bool]:
    """A function that says whether reading a node reads the raw database: sources do, and views over them."""
    known: dict[str, bool] = {}

    def reads_raw(unique_id: str) -> bool:
        if unique_id not in known:
            node = manifest["nodes"].get(unique_id)
            known[unique_id] = (
                unique_id.startswith("source.")
                if node is None
                else node["config"].get("materialized") != "table"
                and any(reads_raw(parent) for parent in node["depends_on"]["nodes"])
            )
        return known[unique_id]

    return reads_raw
