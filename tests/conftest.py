"""What several groups of tests share: a small published build, and the cities of the demonstration."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from ratehouse.demo import CITIES, Simulation, bring_policy, simulate_cities, simulate_into_landing
from ratehouse.workspace import Workspace

# Two years around the outage of December 2020.
SMALL_CITIES = (
    Simulation("independence", accounts=60, first_month="2019-07", months=24),
    Simulation("warrensburg", accounts=40, first_month="2019-10", months=24),
)


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory) -> Workspace:
    """Simulated, loaded, built, audited, published once for the session. Read only: others read it too."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    workspace = Workspace.at(shared / "demo_workspace")
    with FileLock(str(shared / "demo_workspace.lock")):
        if not workspace.pointer.exists():
            _make(workspace)
    return workspace


@pytest.fixture
def workspace_copy(demo_workspace: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the demo workspace that a test may change."""
    copy = Workspace.at(tmp_path / "workspace")
    shutil.copytree(demo_workspace.root, copy.root, ignore=shutil.ignore_patterns("work", "answer_sheet"))
    return copy


@pytest.fixture(scope="session")
def demo_cities(tmp_path_factory) -> dict[str, Path]:
    """The folders of the demonstration's two cities, at their full size. Read only."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    workspace = Workspace.at(shared / "demo_cities")
    with FileLock(str(shared / "demo_cities.lock")):
        folders = [folder for folder, _ in simulate_cities(workspace, CITIES)]
    return dict(zip((city.city for city in CITIES), folders, strict=True))


def _make(workspace: Workspace) -> None:
    from ingest import ingest_landing
    from ingest.policy import load_policy
    from ratehouse.build import build

    shutil.rmtree(workspace.root, ignore_errors=True)
    bring_policy(workspace, [city.city for city in SMALL_CITIES])
    for city in SMALL_CITIES:
        simulate_into_landing(workspace, city)
        load_policy(workspace, city.city)
    report = ingest_landing(workspace)
    assert not report.refused and not report.rejected, [file for file in report.files if file.rejected]
    build(workspace)
