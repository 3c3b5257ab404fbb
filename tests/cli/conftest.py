from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ratehouse import publish
from ratehouse.cli import main
from ratehouse.warehouse import connect
from ratehouse.workspace import Workspace
from reports import document, workbook
from reports.close import Close, close


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def ratehouse(capsys, monkeypatch) -> Callable[..., Ended]:
    """Runs the command line in this process, as its user would."""
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ended(ended.value.code or 0, said.out, said.err)

    return run


@pytest.fixture(scope="module")
def place(demo_workspace, tmp_path_factory) -> Workspace:
    """The demonstration's build in a workspace that may be written to."""
    workspace = Workspace.at(tmp_path_factory.mktemp("reports"))
    workspace.utilities.symlink_to(demo_workspace.utilities)
    workspace.warehouse.symlink_to(demo_workspace.warehouse)
    return workspace


@pytest.fixture(scope="module")
def marts(place) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build's marts, to be held against what a report says."""
    with connect(publish.required_build(place), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def closed(place) -> tuple[Close, Path, Path]:
    """Independence's close of December 2020 and its two files."""
    found = close(publish.required_build(place), "independence", date(2020, 12, 31))
    book, paper = place.root / "book.xlsx", place.root / "paper.pdf"
    workbook.write(found, book)
    document.write(found, paper)
    return found, book, paper
