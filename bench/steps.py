"""The steps: each does its work in the workspace and says what it took."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from bench import postgres as peer
from bench import queries
from bench.copying import extracts
from bench.measure import Cost, StepFailed, run_measured, timed_runs
from ratehouse.publish import required_build
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace

CITY = "independence"
FIRST_MONTH = "2014-07"
LOADED = "SELECT coalesce(sum(loaded + restated + unchanged), 0) FROM loads WHERE status = 'loaded'"
BUILT = """
    SELECT sum(estimated_size) FROM duckdb_tables()
    WHERE database_name = current_database() AND schema_name IN ('intermediate', 'marts')
"""

Step = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """What is measured, and where.

    Attributes:
        workspace: a workspace of ratehouse.
        accounts: of the simulated city.
        years: of its history.
        say: told what is being done.
    """

    workspace: Workspace
    accounts: int
    years: int
    say: Callable[[str], None]

    @property
    def folder(self) -> Path:
        """What is left of the measurements: logs, and PostgreSQL while it runs."""
        return self.workspace.root / "bench"

    def asked(self, way: str) -> Path:
        """The answers of a way of asking."""
        return self.folder / f"{way}.json"

    def ratehouse(self, *arguments: str) -> Cost:
        """Runs a command of ratehouse in the workspace, as a user would."""
        command = [sys.executable, "-m", "ratehouse.cli", *arguments, "--workspace", str(self.workspace.root)]
        return run_measured(command, cwd=PROJECT_ROOT, log=self.folder / f"{arguments[0]}.log")


def simulate(bench: Bench) -> Step:
    """The extracts of a city with four services, written as Parquet."""
    shutil.rmtree(bench.workspace.warehouse, ignore_errors=True)
    landing = bench.workspace.landing / CITY
    if landing.is_symlink():  # somebody else's extracts stay where they are
        landing.unlink()
    shutil.rmtree(landing, ignore_errors=True)
    cost = bench.ratehouse(
        "simulate", CITY, "--accounts", str(bench.accounts), "--with-trash",
        "--from", FIRST_MONTH, "--months", str(bench.years * 12), "--delivery", "year",
    )  # fmt: skip
    rows = sum(pq.read_metadata(file).num_rows for file in extracts(landing))
    return {**asdict(cost), "rows": f"{rows:,} delivered"}


def ingest(bench: Bench) -> Step:
    """Into an empty raw database."""
    shutil.rmtree(bench.workspace.warehouse, ignore_errors=True)
    cost = bench.ratehouse("ingest")
    return {**asdict(cost), "rows": f"{_one(bench.workspace.raw_database, LOADED):,} loaded"}


def copy(bench: Bench) -> Step:
    """What the engine alone needs for the same files: no types, references, lineage or restatements."""
    out = bench.folder / "copy.duckdb"
    command = ["-m", "bench.copying", "--extracts", str(bench.workspace.landing / CITY), "--out", str(out)]
    cost = run_measured([sys.executable, *command], cwd=PROJECT_ROOT, log=bench.folder / "copy.log")
    rows = _one(out, "SELECT sum(estimated_size) FROM duckdb_tables()")
    out.unlink()
    return {**asdict(cost), "rows": f"{rows:,} copied"}


def build(bench: Bench) -> Step:
    """From raw tables to a published build, with its audit."""
    bench.asked("ratehouse").unlink(missing_ok=True)
    cost = bench.ratehouse("build", "--force")
    database = required_build(bench.workspace)
    return {
        **asdict(cost),
        "rows": f"{_one(database, BUILT):,} in tables",
        "bytes_on_disk": database.stat().st_size,
        "parts": _parts(bench.workspace.warehouse / "work" / "dbt" / "target"),
    }


def _parts(target: Path) -> dict[str, float]:
    """Seconds that each part of the project took in the build just made; one model runs at a time."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    seconds: dict[str, float] = {}
    for result in results:
        part = _part(nodes[result["unique_id"]])
        seconds[part] = seconds.get(part, 0.0) + result["execution_time"]
    return seconds


def _part(node: dict[str, Any]) -> str:
    """What a node of dbt belongs to: its tests, what events cost, penalties and collections, or its area."""
    if node["resource_type"] != "model":
        return "tests"
    folders = Path(node["original_file_path"]).parts
    if folders[1] == "staging":
        return "staging"
    tags = {"impact": "impact", "collections": "penalties"}
    return next((part for tag, part in tags.items() if tag in node["tags"]), folders[2])


def asof(bench: Bench) -> Step:
    """The function of the marts."""
    return _asked(bench, "ratehouse")


def ledger(bench: Bench) -> Step:
    """The definition over the ledger alone, on the same engine."""
    return _asked(bench, "ledger")


def postgres(bench: Bench) -> Step:
    """Both of PostgreSQL's ways, on the days that ratehouse was asked for."""
    days = [date.fromisoformat(one["day"]) for one in _expected(bench)]
    database = required_build(bench.workspace)
    started = time.monotonic()
    found: Step = {}
    with peer.server(bench.folder / "postgres") as server:
        for name, query, tables in (
            ("ledger", queries.LEDGER, queries.LEDGER_TABLES),
            ("interval", queries.INTERVALS, queries.INTERVAL_TABLES),
        ):
            began = time.monotonic()
            found[f"{name}_rows"] = peer.load(server, database, tables, bench.say)
            found[f"{name}_load_seconds"] = time.monotonic() - began
            found[f"{name}_days"] = [_ask(server, bench, query, day) for day in days]
        found["version"] = server.version
    rows = found["ledger_rows"] + found["interval_rows"]
    for name in ("ledger_days", "interval_days"):
        compare(f"PostgreSQL ({name})", _expected(bench), found[name])
    return {
        **found,
        "seconds": time.monotonic() - started,
        "peak_bytes": server.memory.peak_bytes,
        "rows": f"{rows:,} copied",
        "build": database.stem,
    }


def reprice(bench: Bench) -> Step:
    """A changed tariff from the determinants of the marts."""
    return _repriced(bench, "determinants")


def reprice_bills(bench: Bench) -> Step:
    """The same by the same engine, every part of every bill."""
    return _repriced(bench, "bills")


def reprice_script(bench: Bench) -> Step:
    """The same by a loop in Python."""
    return _repriced(bench, "script")


STEPS: dict[str, Callable[[Bench], Step]] = {
    "simulate": simulate,
    "ingest": ingest,
    "copy": copy,
    "build": build,
    "asof": asof,
    "ledger": ledger,
    "postgres": postgres,
    "reprice": reprice,
    "reprice_bills": reprice_bills,
    "reprice_script": reprice_script,
}


def compare(who: str, expected: list[Step], found: list[Step]) -> None:
    """Ends the run where a peer says something else.

    Raises:
        StepFailed: with the first day and service that differ.
    """
    for own, other in zip(expected, found, strict=True):
        if own["answer"] == other["answer"]:
            continue
        for service in sorted({*own["answer"], *other["answer"]}):
            ours, theirs = own["answer"].get(service), other["answer"].get(service)
            if ours != theirs:
                raise StepFailed(
                    f"{who} answers otherwise for {service} on {own['day']}: {theirs}, ratehouse: {ours}"
                )


def _asked(bench: Bench, way: str) -> Step:
    database = required_build(bench.workspace)
    out = bench.asked(way)
    command = [sys.executable, "-m", "bench.aging", "--build", str(database), "--way", way, "--out", str(out)]
    cost = run_measured(command, cwd=PROJECT_ROOT, log=bench.folder / f"{way}.log")
    days = json.loads(out.read_text(encoding="utf-8"))
    if way != "ratehouse":
        compare("plain DuckDB", _expected(bench), days)
    read = "rows of aging_as_of, last day" if way == "ratehouse" else "debits posted, last day"
    return {**asdict(cost), "days": days, "rows": f"{days[-1]['rows']:,} {read}", "build": database.stem}


def _repriced(bench: Bench, way: str) -> Step:
    database = required_build(bench.workspace)
    out = bench.asked(way)
    command = ["-m", "bench.repricing", "--build", str(database), "--way", way, "--out", str(out)]
    cost = run_measured([sys.executable, *command], cwd=PROJECT_ROOT, log=bench.folder / f"{way}.log")
    spans = json.loads(out.read_text(encoding="utf-8"))
    if way != "determinants":
        compare(way, _expected(bench, "determinants", "reprice")[: len(spans)], spans)
    rows = f"{spans[-1]['rows']:,} units priced, {spans[-1]['day']}"
    return {**asdict(cost), "days": spans, "rows": rows, "build": database.stem}


def _expected(bench: Bench, way: str = "ratehouse", step: str = "asof") -> list[Step]:
    """What ratehouse answered on the current build, from its last measurement."""
    try:
        return json.loads(bench.asked(way).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StepFailed(f"The peers are compared with ratehouse: measure the step {step} first.") from error


def _ask(server: peer.Server, bench: Bench, query: str, day: date) -> Step:
    bench.say(f"asking PostgreSQL for {day}")
    text = queries.on_day(query, day).strip()
    answer = queries.answer(server.rows_of(text))  # not counted: it warms
    seconds = timed_runs(lambda: server.seconds_of(text))
    return {"day": day.isoformat(), "seconds": seconds, "answer": answer}


def _one(database: Path, query: str) -> int:
    connection = connect(database, read_only=True)
    try:
        row = connection.execute(query).fetchone()
    finally:
        connection.close()
    return int(row[0] or 0) if row else 0
