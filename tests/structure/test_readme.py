"""What README, CONTRIBUTING and CHANGELOG say is there."""

from __future__ import annotations

import re
import struct

import pytest
import typer

from ratehouse.cli import app
from ratehouse.headline import AGES
from ratehouse.workspace import DBT_PROJECT, PROJECT_ROOT

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (PROJECT_ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGELOG = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def block_after(heading: str) -> str:
    """The first block of code below a heading of the README."""
    return README.split(f"## {heading}\n", 1)[1].split("```", 2)[1]


def test_the_two_commands_are_named_and_exist():
    block, makefile = block_after("Two commands"), (PROJECT_ROOT / "Makefile").read_text()
    for command in ("demo", "test"):
        assert f"make {command}" in block
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


@pytest.mark.parametrize(
    "text", [README, CONTRIBUTING, CHANGELOG], ids=["readme", "contributing", "changelog"]
)
def test_targets_of_make_exist(text):
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:`|^)make (\w+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    "text", [README, CONTRIBUTING, CHANGELOG], ids=["readme", "contributing", "changelog"]
)
def test_links_lead_somewhere(text):
    for target in LINK.findall(text):
        assert "://" not in target, f"{target}: the documents hold together without the web"
        assert (PROJECT_ROOT / target.split("#")[0]).exists(), target


@pytest.mark.parametrize(
    "path", sorted((PROJECT_ROOT / "docs" / "images").glob("*.png")), ids=lambda path: path.name
)
def test_a_picture_is_small_wide_and_shown(path):
    content = path.read_bytes()
    width, _ = struct.unpack(">II", content[16:24])
    assert width == 1440
    assert len(content) < 400_000
    documents = [PROJECT_ROOT / "README.md", *(PROJECT_ROOT / "docs").glob("*.md")]
    assert any(f"images/{path.name})" in document.read_text(encoding="utf-8") for document in documents)


def test_the_table_of_commands_is_that_of_the_help():
    table = README.split("| command | does |", 1)[1].split("\n\n", 1)[0]
    commands = typer.main.get_command(app).commands
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(commands)


def test_the_exit_codes_are_those_of_the_command_line():
    table = README.split("| exit code | means |", 1)[1].split("\n\n", 1)[0]
    assert re.findall(r"^\| (\d) \|", table, re.MULTILINE) == ["0", "1", "2", "3"]


def test_examples_of_the_command_line_parse():
    commands = typer.main.get_command(app).commands
    examples = re.findall(r"^\.venv/bin/ratehouse (\w+)(.*)$", README, re.MULTILINE)
    assert len(examples) >= 3
    for name, rest in examples:
        commands[name].make_context(name, re.sub(r'"[^"]*"', "text", rest).split())


def test_the_map_of_folders_is_the_folders():
    named = set(re.findall(r"[├└]── (\w+)/", block_after("Map")))
    assert all((PROJECT_ROOT / name).is_dir() for name in named)
    parts = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")}
    assert parts | {"dbt_project", "data", "docs"} <= named


def test_the_figures_carry_the_mark_and_every_age():
    block = block_after("What the demo prints")
    assert block.count("(simulated)") == 2
    for city in ("Independence", "Warrensburg"):
        assert re.search(rf"^Simulated data\. Not figures of the City of {city}", block, re.MULTILINE)
    for label in ("billed", "collected", "receivable", *AGES):
        assert re.search(rf"^│ +{label} +│ +[−$\d]", block, re.MULTILINE), label


def test_rules_name_tests_that_exist():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", CONTRIBUTING)
    assert len(named) > 20
    for file, test in named:
        text = (PROJECT_ROOT / file).read_text(encoding="utf-8")
        assert f"def {test}(" in text if test else text, f"{file}::{test}"


def test_the_decisions_are_listed():
    for path in (PROJECT_ROOT / "docs" / "decisions").glob("*.md"):
        assert f"docs/decisions/{path.name}" in README, path.name
        assert f"docs/decisions/{path.name}" in CONTRIBUTING, path.name


def test_every_mart_is_in_the_changelog():
    for path in (DBT_PROJECT / "models" / "marts").rglob("*.sql"):
        assert f"`{path.stem}`" in CHANGELOG, path.stem


def test_the_licence_is_the_one_that_the_project_names():
    text = (PROJECT_ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = "Apache-2.0"' in (PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8")
