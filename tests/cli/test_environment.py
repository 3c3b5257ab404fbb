"""What sets the project up: the lock names versions and hashes and no place to fetch them from."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest

from ratehouse.workspace import PROJECT_ROOT

LOCK = (PROJECT_ROOT / "requirements.lock").read_text()
REQUIREMENT = re.compile(r"^([a-z0-9-]+)==\S+(?: ; .+)? \\$", re.MULTILINE)


def test_the_lock_names_no_host_and_no_path():
    assert not re.search(r"https?:|://|index-url|find-links|/tmp|/home|/root", LOCK)


def test_every_requirement_is_pinned_with_hashes():
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK)
    packages = [block for block in blocks if not block.startswith("#")]
    assert len(packages) > 80
    for block in packages:
        assert REQUIREMENT.match(block), block[:80]
        assert "--hash=sha256:" in block


def test_everything_that_the_project_asks_for_is_locked():
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], "setuptools"]
    names = {re.match(r"[A-Za-z0-9-]+", requirement).group().lower() for requirement in asked}
    assert names <= set(REQUIREMENT.findall(LOCK))


@pytest.mark.parametrize(("shell", "script"), [("sh", ".ci/environment"), ("bash", ".ci/run")])
def test_the_scripts_parse(shell, script):
    subprocess.run([shell, "-n", str(PROJECT_ROOT / script)], check=True)
