"""The estimates: cities laid side by side as utilities of a workspace, loaded and built as any other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.impact.runs import CITY, Run
from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.workspace import DBT_PROJECT, MEMORY_LIMIT, PROJECT_ROOT, Workspace

# What the study reads, with all that these are made of; no tests, no audit, nothing is published.
ESTIMATES = ("rpt_waiver_totals", "rpt_recovery")


def lay_out(workspace: Workspace, cities: Sequence[Run]) -> Workspace:
    """Loads cities as they were, each a utility of its own under the policy of Independence.

    A workspace whose raw tables hold them already is left as it is; the policy is always loaded again.
    """
    wanted = [one.utility_id for one in cities]
    is_loaded = workspace.raw_database.exists()
    for one in cities:
        policy = workspace.utilities / one.utility_id
        shutil.rmtree(policy, ignore_errors=True)
        shutil.copytree(PROJECT_ROOT / "data" / "utilities" / CITY, policy)
        landing = workspace.landing / one.utility_id
        landing.parent.mkdir(parents=True, exist_ok=True)
        landing.unlink(missing_ok=True)
        landing.symlink_to(one.extracts.resolve(), target_is_directory=True)
    if not is_loaded:
        making = Workspace.at(workspace.root / "making")
        shutil.rmtree(making.root, ignore_errors=True)
        making.root.mkdir()
        for name in ("utilities", "landing"):
            (making.root / name).symlink_to(workspace.root / name, target_is_directory=True)
        for file in ingest_landing(making).files:
            if file.status != "loaded" or file.rejected:
                raise RuntimeError(f"{workspace.root}: {file}")
        workspace.warehouse.mkdir(exist_ok=True)
        making.raw_database.rename(workspace.raw_database)
        shutil.rmtree(making.root)
    for utility_id in wanted:
        load_policy(workspace, utility_id)
    return workspace


def build(workspace: Workspace, models: Sequence[str] = ESTIMATES) -> Path:
    """Builds models and all that they are made of; the database is complete or not there.

    Raises:
        RuntimeError: with what dbt says.
    """
    database = workspace.warehouse / "study.duckdb"
    making = workspace.warehouse / "building.duckdb"
    for path in (database, making):
        path.unlink(missing_ok=True)
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
        "RATEHOUSE_BUILD": str(making),
        "RATEHOUSE_MEMORY_LIMIT": MEMORY_LIMIT,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{workspace.root}: dbt failed.\n{done.stdout}{done.stderr}")
    return making.rename(database)
