"""`python -m bench.impact`: simulates, estimates, judges, and writes the page."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.impact.runs import runs, simulate
from ratehouse.workspace import PROJECT_ROOT

WORKERS = 2

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    seeds: Annotated[int, typer.Option(min=1, help="Cities, each at three strengths.")] = 20,
    accounts: Annotated[int, typer.Option(min=100, help="Accounts of each city.")] = 3000,
    workspace: Annotated[
        Path | None, typer.Option(help="Where it is done.", show_default="bench/work/impact")
    ] = None,
) -> None:
    """Judges the estimates of what waivers and events cost against cities whose truth is known.

    What is there already is not made again.
    """
    folder = (workspace or PROJECT_ROOT / "bench" / "work" / "impact").resolve()
    lives = runs(folder, accounts, seeds)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True, highlight=False),
    ) as progress:  # fmt: skip
        _at_once(progress, "cities and twins", simulate, [one for one in lives if not one.flows.exists()])


def _at_once(progress: Progress, title: str, work: Callable[[Any], Any], jobs: Iterable[Any]) -> None:
    """Does jobs in processes of their own, two at a time, in their order."""
    jobs = list(jobs)
    task = progress.add_task(title, total=len(jobs))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        for future in as_completed([pool.submit(work, job) for job in jobs]):
            future.result()
            progress.advance(task)


if __name__ == "__main__":
    app()
