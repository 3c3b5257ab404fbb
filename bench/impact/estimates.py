"""What the warehouse says about the cities, beside what is true."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bench.impact.judge import DELAYED, END_OF_MEASURES, END_OF_WAIVER, PENALTIES
from bench.impact.runs import QUESTIONS
from ratehouse.warehouse import connect

EPISODE = "december_2020"
KEY = ("utility_id", "question", "component", "month_end")
FIGURES = ("mechanical", "low", "central", "high")
# Penalties are a flow: of the whole window. Delayed cash is as it stood at a month end.
ASKED = """
    SELECT
        utility_id,
        question,
        component,
        CASE dimension WHEN 'total' THEN $end_of_waiver ELSE CAST(dimension_value AS DATE) END AS month_end,
        max(central_usd) FILTER (WHERE method = 'rules_applied') AS mechanical,
        max(low_usd) FILTER (WHERE is_best) AS low,
        max(central_usd) FILTER (WHERE is_best) AS central,
        max(high_usd) FILTER (WHERE is_best) AS high
    FROM marts.rpt_waiver_totals
    WHERE
        episode_id = $episode
        AND question IN ('waiver', 'event')
        AND (
            (component = $penalties AND dimension = 'total')
            OR (component = $delayed AND dimension = 'month'
                AND CAST(dimension_value AS DATE) IN ($end_of_measures, $end_of_waiver))
        )
    GROUP BY ALL
    ORDER BY ALL
"""


def estimates(database: Path) -> pl.DataFrame:
    """The estimates that a build holds, one row per utility, question, component and month end."""
    connection = connect(database, read_only=True)
    try:
        return connection.execute(
            ASKED,
            {
                "episode": EPISODE,
                "penalties": PENALTIES,
                "delayed": DELAYED,
                "end_of_measures": END_OF_MEASURES,
                "end_of_waiver": END_OF_WAIVER,
            },
        ).pl()
    finally:
        connection.close()


def beside(true: pl.DataFrame, estimated: pl.DataFrame) -> pl.DataFrame:
    """The table of the study: every city's truth with what was estimated; null where that was refused.

    Returns:
        One row per `seed`, `strength`, `question`, `component` and `month_end`: `truth`, `mechanical`, `low`,
        `central`, `high` in dollars.
    """
    city = ("seed", "strength", "utility_id", "question")
    penalties = (
        true.filter(pl.col("month_end") <= END_OF_WAIVER)
        .group_by(city)
        .agg(truth=pl.col("penalties_foregone_usd").sum())
        .with_columns(component=pl.lit(PENALTIES), month_end=pl.lit(END_OF_WAIVER))
    )
    delayed = true.filter(pl.col("month_end").is_in([END_OF_MEASURES, END_OF_WAIVER])).select(
        *city, truth="delayed_usd", component=pl.lit(DELAYED), month_end="month_end"
    )
    asked = pl.concat([penalties, delayed.select(penalties.columns)], how="vertical_relaxed")
    known = asked.filter(pl.col("utility_id").is_in(estimated["utility_id"].unique().to_list()))
    both = known.join(estimated, on=KEY, how="left").with_columns(
        order=pl.col("question").replace_strict({name: n for n, name in enumerate(QUESTIONS)})
    )
    return both.sort("seed", "strength", "order", "component", "month_end", descending=False).select(
        "seed", "strength", "question", "component", "month_end", "truth", *FIGURES
    )
