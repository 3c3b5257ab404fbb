"""The only module that knows Great Expectations.

It is imported when the first frame is judged: that takes seconds. Frames are small and hold plain numbers and
texts, because its pandas engine is slow on Decimal objects and it has no source for DuckDB or polars.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.expectations.expectation import Expectation

ROWS_SHOWN = 10


@dataclass(frozen=True)
class Check:
    """One thing to judge about a column of a frame.

    Attributes:
        column: what is judged; a NULL is not.
        least: the smallest value that passes.
        most: the largest.
        equals: a column that must be equal instead; skipped where both are NULL.
        mostly: share of the values that must pass.
    """

    column: str
    least: float | None = None
    most: float | None = None
    equals: str | None = None
    mostly: float = 1.0


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Attributes:
        passed: whether the check holds.
        compared: values that were judged.
        failing: how many of them did not pass.
        positions: rows of the first of these, counted from 0.
    """

    passed: bool
    compared: int
    failing: int
    positions: tuple[int, ...]


def judge(frame: pl.DataFrame, checks: list[Check]) -> list[Verdict]:
    """Judges a frame.

    Returns:
        One verdict per check, in the same order.

    Raises:
        RuntimeError: a check could not be computed; that is a mistake in a suite and never in the data.
    """
    if not checks:
        return []
    import great_expectations as gx

    suite = gx.ExpectationSuite(name="checks")
    suite.expectations = [_expectation(check, number) for number, check in enumerate(checks)]
    batch = _whole_frame().get_batch(batch_parameters={"dataframe": frame.to_pandas()})
    outcome = batch.validate(
        suite, result_format={"result_format": "SUMMARY", "partial_unexpected_count": ROWS_SHOWN}
    )
    verdicts: dict[int, Verdict] = {}
    for result in outcome.results:
        number = result.expectation_config.meta["number"]
        if "element_count" not in result.result:
            raise RuntimeError(f"{checks[number]} could not be judged: {result.exception_info}")
        found = result.result
        verdicts[number] = Verdict(
            bool(result.success),
            found["element_count"] - found.get("missing_count", 0),
            found["unexpected_count"],
            tuple(int(position) for position in found.get("partial_unexpected_index_list") or ()),
        )
    return [verdicts[number] for number in range(len(checks))]


def _expectation(check: Check, number: int) -> Expectation:
    from great_expectations import expectations as gxe

    common = {"mostly": check.mostly, "meta": {"number": number}}
    if check.equals:
        return gxe.ExpectColumnPairValuesToBeEqual(
            column_A=check.column, column_B=check.equals, ignore_row_if="both_values_are_missing", **common
        )
    return gxe.ExpectColumnValuesToBeBetween(
        column=check.column, min_value=check.least, max_value=check.most, **common
    )


@lru_cache(maxsize=1)
def _whole_frame() -> BatchDefinition:
    """A source for any frame, in a context that lives in memory, sends nothing and draws no progress bars."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return (
        context.data_sources.add_pandas("frames")
        .add_dataframe_asset("frame")
        .add_batch_definition_whole_dataframe("whole")
    )
