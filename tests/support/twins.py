"""How two runs of a simulated city differ, row by row and kind by kind."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl

from ingest.contract import ENTITIES
from tests.support.cities import rows_of


def differences(actual: Path, twin: Path) -> Counter[tuple[str, str]]:
    """Every difference between the files of two runs.

    Returns:
        How often each occurs: `(entity, "missing")` is a row that only the first run has, `(entity, "added")`
        one that only the twin has, `(entity, column)` a value that differs in a row that both have.
        Adjustments are told apart by kind: the entity is then `adjustments.kind`.
    """
    found: Counter[tuple[str, str]] = Counter()
    for name, entity in ENTITIES.items():
        left, right = (_latest(rows_of(folder, name), entity.key) for folder in (actual, twin))
        if left.is_empty() and right.is_empty():
            continue
        kind = ["kind"] if name == "adjustments" else []
        key = [*entity.key, *kind]
        both = left.join(right, on=key, how="full", suffix="|twin", coalesce=False)
        for row_kind, rows in _by_kind(both, name):
            found[row_kind, "missing"] += rows[f"{key[0]}|twin"].is_null().sum()
            found[row_kind, "added"] += rows[key[0]].is_null().sum()
            common = rows.filter(pl.col(key[0]).is_not_null() & pl.col(f"{key[0]}|twin").is_not_null())
            for column in left.columns:
                if column not in key and f"{column}|twin" in common.columns:
                    differs = common[column].ne_missing(common[f"{column}|twin"])
                    found[row_kind, column] += int(differs.sum())
    return Counter({what: count for what, count in found.items() if count})


def _latest(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """The last delivered version of each row."""
    return rows if rows.is_empty() else rows.unique(subset=list(key), keep="last", maintain_order=True)


def _by_kind(rows: pl.DataFrame, entity: str):
    if entity != "adjustments":
        yield entity, rows
        return
    named = rows.with_columns(either=pl.coalesce("kind", "kind|twin"))
    for (kind,), part in named.group_by("either", maintain_order=True):
        yield f"adjustments.{kind}", part
