"""The city and its twins: what a waiver and an event truly cost, for the city can be lived through again."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl

from simulator.cities import TWINS
from simulator.run import SimulationSummary, run

KEY = ("month_end", "customer_class", "component")


def run_with_twins(
    city: str,
    out: Path,
    *,
    workers: int = 2,
    progress: Callable[[str, int, int], None] | None = None,
    **settings: Any,
) -> SimulationSummary:
    """Simulate a city and, with the same luck, the city without its waivers and without its event.

    Beside the answer sheet of `run` this writes `answer_sheet/true_costs.parquet`, one row per question
    (`waiver`, `event`), month end, customer class and component: `actual_usd`, `without_usd` and
    `difference_usd` = actual less without, and the same for the number of rows.

    Args:
        city: as in `run`.
        out: as in `run`; the twins' files are not kept.
        workers: processes at work at a time.
        progress: told after each of the runs.
        settings: further arguments of `run`; what they leave out is left out of the twins too.

    Raises:
        ValueError: as `run`.
    """
    scratch = out / "answer_sheet_twins"
    absent = tuple(settings.pop("absent", ()))
    questions = tuple(TWINS[city]) if city in TWINS else ()
    jobs = {"": out, **{question: scratch / question for question in questions}}
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            futures = {
                question: pool.submit(
                    run, city, folder, absent=(*absent, *([question] if question else [])), **settings
                )
                for question, folder in jobs.items()
            }
            for done, (question, future) in enumerate(futures.items(), start=1):
                future.result()
                if progress:
                    progress(
                        f"{city}, {'without ' + question if question else 'as it was'}", done, len(futures)
                    )
        table = pl.concat([_compare(question, out, jobs[question]) for question in questions])
        table.write_parquet(out / "answer_sheet" / "true_costs.parquet")
        return futures[""].result()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _compare(question: str, actual: Path, twin: Path) -> pl.DataFrame:
    """The flows of two runs side by side; a component that only one of them has is nothing in the other."""
    sides = []
    for name, folder in (("actual", actual), ("without", twin)):
        flows = pl.read_parquet(folder / "answer_sheet" / "flows.parquet")
        sides.append(flows.rename({"amount_usd": f"{name}_usd", "rows": f"{name}_rows"}))
    both = sides[0].join(sides[1], on=KEY, how="full", coalesce=True).sort(KEY)
    amounts = ("actual_usd", "without_usd", "actual_rows", "without_rows")
    return both.with_columns(pl.col(amounts).fill_null(0)).select(
        pl.lit(question).alias("question"),
        *KEY,
        "actual_usd",
        "without_usd",
        (pl.col("actual_usd") - pl.col("without_usd")).alias("difference_usd"),
        "actual_rows",
        "without_rows",
    )
