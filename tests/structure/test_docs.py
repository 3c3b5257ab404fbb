"""What the documents claim exists."""

from __future__ import annotations

import re

from ratehouse.workspace import DBT_PROJECT, PROJECT_ROOT

DOCS = PROJECT_ROOT / "docs"


def test_each_invariant_names_a_test_that_exists():
    text = (DOCS / "invariants.md").read_text()
    python = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(python) >= 8
    for file, name in python:
        assert f"def {name}(" in (PROJECT_ROOT / file).read_text(), f"{file}::{name}"
    properties = "\n".join(path.read_text() for path in (DBT_PROJECT / "models").rglob("*.yml"))
    for name in re.findall(r"dbt tests? ((?:`\w+`(?:, )?)+)", text):
        for test in re.findall(r"`(\w+)`", name):
            assert re.search(rf"\b{test}\b", properties), test


def test_each_mart_is_in_the_catalogue():
    catalogue = (DOCS / "marts.md").read_text()
    for path in (DBT_PROJECT / "models" / "marts").rglob("*.sql"):
        assert path.stem in catalogue, f"{path.stem} is missing in docs/marts.md"
