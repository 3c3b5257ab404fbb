from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ratehouse.cli import main


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
