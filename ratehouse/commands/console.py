"""How the command line speaks: progress and notes on standard error, results on standard output."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ratehouse.dbt import Progress as Report
from ratehouse.errors import UsageError
from ratehouse.workspace import DEFAULT_WORKSPACE, Workspace

SECONDS_BETWEEN_LINES = 5.0
CELL_WIDTH = 40
COLUMNS_SHOWN = 8
# A command in a sentence, but not the one that another process runs: that is quoted as it was typed.
HINT = re.compile(r"`ratehouse(?= [^`]+`(?! \(process))")

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        envvar="RATEHOUSE_WORKSPACE",
        help="The folder that holds utilities/, landing/ and warehouse/.",
        show_default=str(DEFAULT_WORKSPACE),
    ),
]
WaitOption = Annotated[
    bool, typer.Option("--wait", help="Wait while another process writes, instead of ending with code 3.")
]


def console(*, error: bool = False) -> Console:
    """A console; made anew each time, so that it writes to what standard output is now."""
    # Where nobody reads along, a table is as wide as it needs to be.
    width = None if os.isatty(2 if error else 1) or "COLUMNS" in os.environ else 140
    return Console(stderr=error, highlight=False, soft_wrap=False, width=width)


def say(text: str = "") -> None:
    """A line of the result."""
    console().print(as_called(text), markup=False, soft_wrap=True)


def note(text: str) -> None:
    """A line beside the result."""
    console(error=True).print(as_called(text), markup=False, soft_wrap=True)


def as_called(text: str) -> str:
    """A sentence whose hints can be typed as they stand, where `ratehouse` alone would not be found."""
    return HINT.sub(lambda _: f"`{called()}", text)


def called() -> str:
    """How this command was called, so that the next one can be called the same way."""
    path = Path(os.path.abspath(sys.argv[0]))
    if path.name != "ratehouse" or not path.exists():
        return "ratehouse"
    found = shutil.which("ratehouse")
    if found and os.path.samefile(found, path):
        return "ratehouse"
    below = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return shlex.quote(str(below) if len(below.parts) > 1 else f"./{below}")


def show(table: Table) -> None:
    """A table of the result."""
    console().print(table)


def table(title: str, *columns: str, numbers: tuple[str, ...] = (), unbroken: tuple[str, ...] = ()) -> Table:
    """An empty table; the columns in `numbers` are right-aligned, those in `unbroken` stay on one line."""
    made = Table(title=title or None, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        justify = "right" if column in numbers else "left"
        made.add_column(column, justify=justify, overflow="fold", no_wrap=column in unbroken)
    return made


def counted(number: int, thing: str) -> str:
    """1 row, 2 rows."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def rows_table(rows: list[dict[str, Any]]) -> Table:
    """Rows as they come from a query, cut to what fits a screen."""
    names = list(rows[0])[:COLUMNS_SHOWN] if rows else []
    made = table("", *names)
    for row in rows:
        made.add_row(*(escape(cell(row.get(name))) for name in names))
    return made


def cell(value: object) -> str:
    """A value as text of at most a column's width."""
    if value is None:
        return "-"
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return text if len(text) <= CELL_WIDTH else f"{text[: CELL_WIDTH - 1]}…"


def usd(amount: Decimal | None) -> str:
    """Money as pages show a total: $1,234,567, a true minus, a dash where it is unknown."""
    if amount is None:
        return "-"
    dollars = amount.quantize(Decimal(1))
    return f"{'−' if dollars < 0 else ''}${abs(dollars):,}"


def day(value: date | None) -> str:
    """A date as pages show it: 30 Jun 2021."""
    return f"{value.day} {value:%b %Y}" if value else "-"


def parse_day(text: str | None, option: str) -> date | None:
    """A date from the command line.

    Raises:
        UsageError: it is none.
    """
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise UsageError(f"{option} {text}: is not a date. Write it as 2021-06-30.") from error


def one_utility(workspace: Workspace, utility_id: str | None) -> str:
    """The utility that a command is about: the one named, or the only one.

    Raises:
        UsageError: it is not known, or there are several and none was named.
    """
    known = workspace.utility_ids()
    if utility_id is None:
        if len(known) == 1:
            return known[0]
        names = ", ".join(known) or "none yet; see `ratehouse init --help`"
        raise UsageError(f"Say which utility with --utility. The workspace {workspace.root} has: {names}.")
    if utility_id not in known:
        raise UsageError(
            f"Unknown utility {utility_id}. The workspace {workspace.root} has: {', '.join(known) or 'none'}."
        )
    return utility_id


@contextmanager
def progress(what: str) -> Iterator[Report]:
    """Shows how far something is: a bar on a terminal, a line now and then elsewhere."""
    out = console(error=True)
    if not out.is_terminal:
        yield _Lines(what)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[what]}", style="bold"),
        BarColumn(bar_width=24),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True) as bars:
        task = bars.add_task("", total=None, what=what)

        def report(message: str, done: int, total: int) -> None:
            place = f" ({min(done + 1, total)} of {total})" if total else ""
            bars.update(task, description=escape(f"{message}{place}"), completed=done, total=total or None)

        yield report


class _Lines:
    """Progress for logs: the first line at once, then one every few seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._last = 0.0
        note(f"{what} …")

    def __call__(self, message: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            place = f" ({min(done + 1, total)} of {total})" if total else ""
            note(f"  {message}{place}")
