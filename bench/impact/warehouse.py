"""The estimates: cities laid side by side as utilities of a workspace, loaded and built as any other."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.impact.estimates import read_estimates
from bench.impact.placebo import declare, read_placebos
from bench.impact.runs import CITY, Run
from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.build import project_fingerprint
from ratehouse.publish import write_json
from ratehouse.warehouse import connect
from ratehouse.workspace import DBT_PROJECT, MEMORY_LIMIT, PROJECT_ROOT, Workspace

# What the study reads, with all that these are made of; no tests, no audit, nothing is published.
MODELS = ("rpt_waiver_totals",)
POLICY = PROJECT_ROOT / "data" / "utilities" / CITY


@dataclass(frozen=True)
class Batch:
    """Cities that share a workspace.

    Attributes:
        root: of the workspace.
        cities: as they were.
    """

    root: Path
    cities: tuple[Run, ...]

    @property
    def workspace(self) -> Workspace:
        """The cities as utilities."""
        return Workspace.at(self.root)

    @property
    def estimates(self) -> Path:
        """What the warehouse says about the cities."""
        return self.root / "estimates.parquet"

    @property
    def placebos(self) -> Path:
        """What it says about events that did nothing."""
        return self.root / "placebos.parquet"

    @property
    def is_loaded(self) -> bool:
        """Whether the raw tables hold these cities."""
        return self._noted("loaded.json") == [one.utility_id for one in self.cities]

    @property
    def is_estimated(self) -> bool:
        """Whether the estimates are those of the project and the policy as they are now."""
        return self._noted("estimates.json") == _made_by()

    @property
    def has_placebos(self) -> bool:
        """The same of what it says about events that did nothing."""
        return self._noted("placebos.json") == _made_by()

    def note(self, name: str, value: object) -> None:
        """Keeps what something was made of."""
        write_json(self.root / name, value)

    def _noted(self, name: str) -> object:
        file = self.root / name
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def load(batch: Batch) -> None:
    """Loads cities as they were, each a utility of its own under the policy of Independence.

    Raises:
        RuntimeError: a file or a row was refused.
    """
    shutil.rmtree(batch.root, ignore_errors=True)
    workspace = batch.workspace
    workspace.landing.mkdir(parents=True)
    _lay_policy(batch)
    for one in batch.cities:
        (workspace.landing / one.utility_id).symlink_to(one.extracts, target_is_directory=True)
    for file in ingest_landing(workspace).files:
        if file.status != "loaded" or file.rejected:
            raise RuntimeError(f"{batch.root}: {file}")
    batch.note("loaded.json", [one.utility_id for one in batch.cities])


def estimate(batch: Batch) -> None:
    """Builds the estimates under the policy as it is now, and keeps of the build only what they say."""
    _lay_policy(batch)
    with _built(batch) as build:
        read_estimates(build, [one.utility_id for one in batch.cities]).write_parquet(batch.estimates)
    batch.note("estimates.json", _made_by())


def estimate_placebos(batch: Batch) -> None:
    """The same of events that did nothing, declared beside those that happened."""
    _lay_policy(batch, with_placebos=True)
    with _built(batch) as build:
        read_placebos(build).write_parquet(batch.placebos)
    batch.note("placebos.json", _made_by())


@contextmanager
def _built(batch: Batch) -> Iterator[duckdb.DuckDBPyConnection]:
    """The estimates of a batch, built under the policy that is loaded; the build is not kept."""
    database = build(batch.workspace, MODELS)
    connection = connect(database, read_only=True)
    try:
        yield connection
    finally:
        connection.close()
        database.unlink()


def _lay_policy(batch: Batch, *, with_placebos: bool = False) -> None:
    """Gives every city the policy of Independence as it is now."""
    for one in batch.cities:
        folder = batch.workspace.utilities / one.utility_id
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(POLICY, folder)
        if with_placebos:
            declare(folder)
        load_policy(batch.workspace, one.utility_id)


def _made_by() -> list[str]:
    policy = b"".join(path.read_bytes() for path in sorted(POLICY.rglob("*.yml")))
    return [project_fingerprint(), hashlib.sha256(policy).hexdigest()]


def build(workspace: Workspace, models: Sequence[str]) -> Path:
    """Builds models and all that they are made of, unpublished and without tests.

    Raises:
        RuntimeError: with what dbt says.
    """
    database = workspace.warehouse / "study.duckdb"
    database.unlink(missing_ok=True)
    target = workspace.warehouse / "dbt"
    command = [
        sys.executable, "-m", "dbt.cli.main", "--quiet", "run", "--fail-fast",
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(target), "--log-path", str(target),
        "--select", *(f"+{model}" for model in models), "--vars", json.dumps({"as_of": ""}),
    ]  # fmt: skip
    environment = {
        **os.environ,
        "RATEHOUSE_RAW": str(workspace.raw_database),
        "RATEHOUSE_BUILD": str(database),
        "RATEHOUSE_MEMORY_LIMIT": MEMORY_LIMIT,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{workspace.root}: dbt failed.\n{done.stdout}{done.stderr}")
    return database
