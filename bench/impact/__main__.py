"""`python -m bench.impact`: simulates, estimates, judges, and writes the page."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.impact.estimates import beside
from bench.impact.judge import verdicts, worth
from bench.impact.page import page, picture
from bench.impact.runs import ACTUAL, runs, simulate
from bench.impact.truth import truth
from bench.impact.warehouse import Batch, estimate, estimate_placebos, load
from ratehouse.workspace import PROJECT_ROOT

FULL_SEEDS, FULL_ACCOUNTS = 20, 3000
WORKERS = 2
CITIES_A_WORKSPACE = 10
PAGE = PROJECT_ROOT / "docs" / "impact_study.md"
PICTURE = PROJECT_ROOT / "docs" / "images" / "impact_study.png"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    seeds: Annotated[int, typer.Option(min=1, help="Cities, each at three strengths.")] = FULL_SEEDS,
    accounts: Annotated[int, typer.Option(min=100, help="Accounts of each city.")] = FULL_ACCOUNTS,
    workspace: Annotated[
        Path | None, typer.Option(help="Where it is done.", show_default="bench/work/impact_ACCOUNTS")
    ] = None,
    until: Annotated[str, typer.Option(help="The last step: simulate, load or judge.")] = "judge",
) -> None:
    """Judges the estimates of what waivers and events cost against cities whose truth is known.

    What is there already is not made again; the estimates are, where the project has changed since. The page
    and its picture are written at full size.
    """
    if until not in ("simulate", "load", "judge"):
        raise typer.BadParameter(f"{until}: choose among simulate, load, judge.")
    folder = (workspace or PROJECT_ROOT / "bench" / "work" / f"impact_{accounts}").resolve()
    lives = runs(folder, accounts, seeds)
    cities = [one for one in lives if one.life == ACTUAL]
    batches = [
        Batch(folder / "batches" / f"b{first:03}", tuple(cities[first : first + CITIES_A_WORKSPACE]))
        for first in range(0, len(cities), CITIES_A_WORKSPACE)
    ]
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True, highlight=False),
    ) as progress:  # fmt: skip
        missing = [one for one in lives if not one.flows.exists()]
        _at_once(progress, "cities and twins", simulate, missing, WORKERS)
        if until == "simulate":
            return
        _at_once(progress, "loaded", load, [one for one in batches if not one.is_loaded], WORKERS)
        if until == "load":
            return
        # One build after the other: each takes both cores and much of the memory.
        _at_once(progress, "estimated", estimate, [one for one in batches if not one.is_estimated], 1)
        with_placebos = batches[0]
        if not with_placebos.has_placebos:
            _at_once(progress, "placebos", estimate_placebos, [with_placebos], 1)
    placebos = pl.read_parquet(with_placebos.placebos)
    estimated = pl.concat([pl.read_parquet(one.estimates) for one in batches])
    table = beside(truth(lives), estimated)
    table.write_parquet(folder / "study.parquet")
    _show(table)
    if (seeds, accounts) == (FULL_SEEDS, FULL_ACCOUNTS):
        PAGE.write_text(page(table, placebos, seeds, accounts, date.today()), encoding="utf-8")
        PICTURE.write_bytes(picture(table))


def _show(table: pl.DataFrame) -> None:
    shown = Table("target", "found", "met")
    for one in verdicts(worth(table)):
        shown.add_row(one.target, one.found, "yes" if one.is_met else "no")
    Console(highlight=False, width=None if sys.stdout.isatty() else 120).print(shown)


def _at_once(
    progress: Progress, title: str, work: Callable[[Any], Any], jobs: Sequence[Any], workers: int
) -> None:
    """Does jobs in processes of their own, some at a time, in their order."""
    if not jobs:
        return
    task = progress.add_task(title, total=len(jobs))
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in as_completed([pool.submit(work, job) for job in jobs]):
            future.result()
            progress.advance(task)


if __name__ == "__main__":
    app()
