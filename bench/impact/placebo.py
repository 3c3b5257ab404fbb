"""Events that did nothing: declared in clean months of the past, when nothing happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from bench.impact.judge import DELAYED, PENALTIES
from ratehouse.warehouse import fetch

# No industrial customer was on a list for shut-off in these months. Two stand just before an event and one at
# the end: so they take few months out of those that the estimate learns from.
WINDOWS = {
    "placebo_2018": (date(2018, 3, 1), date(2018, 4, 30)),
    "placebo_2020": (date(2020, 1, 1), date(2020, 2, 29)),
    "placebo_2022": (date(2022, 5, 1), date(2022, 6, 30)),
}
EVENT = """
  - event_id: {event_id}
    kind: shutoff_moratorium
    title: Nothing
    cause: Placebo of the study
    customer_classes: [industrial]
    starts_on: {starts_on}
    ends_on: {ends_on}
    known_on: {starts_on}
    assumed: true
    note: Declared in months in which nothing happened.
"""
ASKED = """
    SELECT utility_id, episode_id, component, low_usd AS low, central_usd AS central, high_usd AS high
    FROM marts.rpt_waiver_totals
    WHERE
        episode_id = $episode
        AND question = 'event'
        AND is_best
        AND (
            (component = $penalties AND dimension = 'total')
            OR (component = $delayed AND dimension = 'month' AND dimension_value = $last_day)
        )
    ORDER BY ALL
"""


@dataclass(frozen=True)
class Found:
    """What the estimates say about events that did nothing.

    Attributes:
        component: what was estimated.
        count: cities times placebos.
        central_usd: mean of the estimates; the truth is nothing.
        side_usd: mean distance from the central to the ends of the range.
        holds_zero_share: ranges in which nothing lies.
    """

    component: str
    count: int
    central_usd: float
    side_usd: float
    holds_zero_share: float


def declare(folder: Path) -> None:
    """Adds the placebos to the policy of a utility."""
    file = folder / "events.yml"
    events = [
        EVENT.format(event_id=event_id, starts_on=starts_on, ends_on=ends_on)
        for event_id, (starts_on, ends_on) in WINDOWS.items()
    ]
    file.write_text(file.read_text(encoding="utf-8") + "".join(events), encoding="utf-8")


def read_placebos(build: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """What a build says about the placebos, dollars: a row per `utility_id`, `episode_id`, `component`."""
    tables = [
        fetch(
            build,
            ASKED,
            {
                "episode": episode,
                "penalties": PENALTIES,
                "delayed": DELAYED,
                "last_day": last_day.isoformat(),
            },
        )
        for episode, (_, last_day) in WINDOWS.items()
    ]
    return pl.concat(tables)


def found(table: pl.DataFrame) -> list[Found]:
    """Judges the placebos, over all cities and windows."""
    dollars = table.with_columns(pl.col("low", "central", "high").cast(pl.Float64)).drop_nulls("low")
    judged = []
    for component in (PENALTIES, DELAYED):
        rows = dollars.filter(component=component)
        if rows.height:
            zero = rows.select(((pl.col("low") <= 0) & (pl.col("high") >= 0)).cast(pl.Float64).mean()).item()
            side = rows.select(((pl.col("high") - pl.col("low")) / 2).mean()).item()
            judged.append(Found(component, rows.height, rows["central"].mean(), side, zero))
    return judged
