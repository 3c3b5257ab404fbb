"""What the warehouse says about the cities, beside what is true."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from bench.impact.judge import DELAYED, END_OF_WAIVER, FIGURES, MONTH_ENDS, PENALTIES, WITHOUT_BILLS
from bench.impact.runs import QUESTIONS
from ratehouse.warehouse import fetch

EPISODE = "december_2020"
KEY = ("utility_id", "question", "component", "month_end")
# What is asked of each question: penalties of the whole window; delayed cash as it stood at a month end.
FIGURED = ((PENALTIES, END_OF_WAIVER), *((DELAYED, month_end) for month_end in MONTH_ENDS))
ASKED = """
    SELECT
        utility_id,
        question,
        component,
        CASE dimension WHEN 'total' THEN $end_of_waiver ELSE CAST(dimension_value AS DATE) END AS month_end,
        max(central_usd) FILTER (WHERE method = 'rules_applied') AS mechanical,
        max(low_usd) FILTER (WHERE is_best) AS low,
        max(central_usd) FILTER (WHERE is_best) AS central,
        max(high_usd) FILTER (WHERE is_best) AS high,
        max(central_usd) FILTER (WHERE method = 'prior_year') AS prior_year
    FROM marts.rpt_waiver_totals
    WHERE
        episode_id = $episode
        AND question IN ('waiver', 'event')
        AND (
            (component = $penalties AND dimension = 'total')
            OR (component = $delayed AND dimension = 'month'
                AND CAST(dimension_value AS DATE) BETWEEN $first_end AND $end_of_waiver)
        )
    GROUP BY ALL
    ORDER BY ALL
"""


def read_estimates(build: duckdb.DuckDBPyConnection, utility_ids: Sequence[str]) -> pl.DataFrame:
    """The estimates that a build holds; null where it refuses.

    Returns:
        One row per utility, question, component and month end: `mechanical`, `low`, `central`, `high`,
        `prior_year`.
    """
    days = {"first_end": MONTH_ENDS[0], "end_of_waiver": END_OF_WAIVER}
    names = {"episode": EPISODE, "penalties": PENALTIES, "delayed": DELAYED}
    found = fetch(build, ASKED, {**names, **days})
    asked = pl.DataFrame({"utility_id": utility_ids}).join(
        pl.DataFrame(
            [(question, *one) for question in QUESTIONS for one in FIGURED],
            schema=KEY[1:],
            orient="row",
        ),
        how="cross",
    )
    return asked.join(found, on=KEY, how="left")


def beside(true: pl.DataFrame, estimated: pl.DataFrame) -> pl.DataFrame:
    """The table of the study: every city's truth with what was estimated; null where that was refused.

    Returns:
        One row per `seed`, `strength`, `question`, `component` and `month_end`: `truth`, `mechanical`, `low`,
        `central`, `high`, `prior_year` in dollars. While billing was suspended, bills that the twin had
        issued and the city had not yet are delayed, too.
    """
    city = ("seed", "strength", "utility_id", "question")
    penalties = (
        true.filter(pl.col("month_end") <= END_OF_WAIVER)
        .group_by(city)
        .agg(truth=pl.col("penalties_foregone_usd").sum())
        .with_columns(component=pl.lit(PENALTIES), month_end=pl.lit(END_OF_WAIVER))
    )
    not_yet = pl.when(pl.col("month_end") == WITHOUT_BILLS).then("billed_behind_usd").otherwise(0)
    delayed = true.filter(pl.col("month_end").is_in(MONTH_ENDS)).select(
        *city, truth=pl.col("delayed_usd") + not_yet, component=pl.lit(DELAYED), month_end="month_end"
    )
    asked = pl.concat([penalties, delayed.select(penalties.columns)], how="vertical_relaxed")
    both = asked.join(estimated, on=KEY).sort("seed", *KEY)
    return both.select("seed", "strength", *KEY[1:], "truth", *FIGURES)
