"""`--help` teaches by an example, and every example is a command that exists with options that exist."""

from __future__ import annotations

import re
import shlex

import pytest
import typer

from ratehouse.cli import app

COMMANDS = typer.main.get_command(app).commands
EXPECTED = {
    "init", "simulate", "ingest", "build", "check", "run", "dashboards", "status", "bill", "export", "report",
    "demo",
}  # fmt: skip


def test_every_command_is_there():
    assert set(COMMANDS) == EXPECTED


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_help_runs_and_holds_an_example_that_parses(name, ratehouse):
    shown = ratehouse(name, "--help")
    assert shown.code == 0
    example = re.search(r"Example: ratehouse (.+)", shown.out)
    assert example, shown.out
    command, *arguments = shlex.split(example.group(1))
    assert command == name
    COMMANDS[name].make_context(name, arguments)


def test_help_of_all(ratehouse):
    shown = ratehouse("--help")
    assert shown.code == 0
    assert all(name in shown.out for name in EXPECTED)


def test_version(ratehouse):
    assert re.match(r"\d+\.\d+|not installed", ratehouse("--version").out)
