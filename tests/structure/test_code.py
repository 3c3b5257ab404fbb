"""Rules of structure for Python: what imports what, how long a module may be, what only one module may do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ratehouse.workspace import PROJECT_ROOT

PARTS = ("ratehouse", "ingest", "simulator", "expectations", "dashboards", "reports")
PYTHON = [path for part in PARTS for path in (PROJECT_ROOT / part).rglob("*.py")]


def test_imports_follow_the_contracts():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("tool", [["check"], ["format", "--check"]])
def test_style(tool):
    command = [str(Path(sys.executable).with_name("ruff")), *tool, "."]
    result = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(PROJECT_ROOT)))
def test_modules_are_short(path):
    assert len(path.read_text().splitlines()) < 400


def test_only_the_warehouse_module_opens_duckdb():
    allowed = {PROJECT_ROOT / "ratehouse" / "warehouse.py"}
    opening = {path for path in PYTHON if re.search(r"duckdb\.connect\(", path.read_text())}
    assert opening <= allowed


def test_nothing_of_a_machine_and_no_package_host_in_the_project():
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True).stdout
    forbidden = re.compile(r"(^|[^a-z])(/work/|/root/)|https?://[^ ]*(pypi|pythonhosted|npmjs|debian\.org)")
    for name in listed.splitlines():
        path = PROJECT_ROOT / name
        if path.suffix in {".png", ".parquet"} or not path.is_file() or path == Path(__file__).resolve():
            continue
        found = forbidden.search(path.read_text(errors="replace"))
        assert not found, f"{name}: {found and found.group()}"
