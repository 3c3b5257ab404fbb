"""How two runs of a simulated city differ, row by row and kind by kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.contract import ENTITIES
from tests.support.cities import latest_of

# Where the premise stands in an identifier: before the tenancy in account numbers, else behind the letter.
_PREMISE_IN = {"account_id": (-7, 5), "meter_id": (2, 5), "agreement_id": (2, 5), "payment_id": (2, 5)}


def differences(actual: Path, twin: Path) -> pl.DataFrame:
    """Every difference between the files of two runs.

    Returns:
        One row per difference: `entity` (adjustments with their kind, as `adjustments.penalty`); `what`:
        `missing` for a row that only the first run has, `added` for one that only the twin has, else the
        column that differs; `premise`, where the row belongs to one.
    """
    return pl.concat([part for name in ENTITIES for part in _of_entity(name, actual, twin)])


def _of_entity(name: str, actual: Path, twin: Path) -> Iterator[pl.DataFrame]:
    left, right = (_with_presence(latest_of(folder, name)) for folder in (actual, twin))
    if not (left.height and right.height):
        assert left.height == right.height, f"only one of the runs delivers {name}"
        return
    key = [*ENTITIES[name].key, *(["kind"] if name == "adjustments" else [])]
    both = left.join(right, on=key, how="full", suffix="|twin", coalesce=True)
    both = both.with_columns(
        entity=pl.format(f"{name}.{{}}", "kind") if name == "adjustments" else pl.lit(name),
        premise=_premise(both.columns),
    )
    here, there = pl.col("is_there").is_not_null(), pl.col("is_there|twin").is_not_null()
    yield _named(both.filter(here & ~there), "missing")
    yield _named(both.filter(there & ~here), "added")
    common = both.filter(here & there)
    for column in left.columns:
        if f"{column}|twin" in common.columns:
            yield _named(common.filter(pl.col(column).ne_missing(pl.col(f"{column}|twin"))), column)


def _with_presence(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(is_there=pl.lit(True)) if rows.width else rows


def _premise(columns: list[str]) -> pl.Expr:
    """The premise that a row belongs to, by whichever identifier it has on either side."""
    found = [
        pl.col(column).str.slice(*place)
        for name, place in _PREMISE_IN.items()
        for column in (name, f"{name}|twin")
        if column in columns
    ]
    return pl.coalesce(*found) if found else pl.lit(None, pl.String)


def _named(rows: pl.DataFrame, what: str) -> pl.DataFrame:
    return rows.select("entity", pl.lit(what).alias("what"), "premise")
