"""Where the estimates fail: by month end, by strength, by city and by window of an event that did nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from bench.impact.judge import (
    DELAYED,
    END_OF_MEASURES,
    END_OF_WAIVER,
    MONTH_ENDS,
    PENALTIES,
    POOLED,
    Worth,
    dollars,
)
from bench.impact.placebo import WINDOWS
from bench.impact.placebo import found as judged
from bench.impact.runs import QUESTIONS, STRENGTHS
from bench.impact.words import listed, markdown, or_dash, percent, percent_off, usd, usd_off

RESPONSES = {"none": "without a response", "moderate": "at a moderate one", "strong": "at a strong one"}
COMPONENTS = {PENALTIES: "penalties foregone", DELAYED: "cash delayed"}
MONTH_HEADS = (
    "question", "month end", "cities", "refused", "truth", "estimate off, none", "moderate", "strong", "all",
    "prior year off", "range holds the truth",
)  # fmt: skip
MISS_HEADS = (
    "figure", "cities", "missed, none", "moderate", "strong", "truth above the range", "truth below it",
)  # fmt: skip
WINDOW_HEADS = ("months", "cities", "estimate", "range, either side", "range holds nothing")


def refusals(table: pl.DataFrame) -> str:
    """How often the waiver's delayed cash at the end of the measures is refused, and what it truly was."""
    rows = _figure(table, "waiver", DELAYED, END_OF_MEASURES)
    if rows.is_empty():
        return "Not judged."
    refused = rows.filter(pl.col("central").is_null())
    truths = [
        f"{usd(some['truth'].mean())} {RESPONSES[strength]}"
        for strength in STRENGTHS
        if (some := rows.filter(strength=strength)).height
    ]
    told = sorted(set(table.filter(question="waiver", component=DELAYED).drop_nulls("central")["month_end"]))
    months = listed([f"{day:%B}" for day in told]) if told else "no month"
    return (
        f"Refused in {refused.height} of {rows.height} cities. The truth was {listed(truths)} on average. "
        f"Month ends with a figure: those of {months}."
    )


def month_ends(table: pl.DataFrame) -> str:
    """Delayed cash at each month end: how far the mean estimate is from the mean truth, dollars."""
    found = [
        (some, question, month_end)
        for question in QUESTIONS
        for month_end in MONTH_ENDS
        if (some := _figure(table, question, DELAYED, month_end)).height
    ]
    return markdown(MONTH_HEADS, [_month_end(*one) for one in found])


def overstatements(found: Sequence[Worth]) -> str:
    """What rules applied to what happened say too much."""
    said = []
    for question in QUESTIONS:
        parts = [
            f"{percent_off(one.mechanical_bias)} {RESPONSES[one.strength]}"
            for one in found
            if (one.question, one.component) == (question, PENALTIES)
            and one.strength != POOLED
            and one.mechanical_bias is not None
        ]
        if parts:
            said.append(f"The cost of the {question}: {listed(parts)}.")
    return " ".join(said)


def misses(table: pl.DataFrame) -> str:
    """Ranges that do not hold the truth, by strength, and the seeds in which they miss."""
    rows = []
    for question in QUESTIONS:
        for component, month_end in ((PENALTIES, END_OF_WAIVER), *((DELAYED, day) for day in MONTH_ENDS)):
            ranged = _figure(table, question, component, month_end).drop_nulls(("low", "high"))
            if ranged.height:
                above = ranged.filter(pl.col("truth") > pl.col("high"))
                below = ranged.filter(pl.col("truth") < pl.col("low"))
                missed = pl.concat([above, below])
                if missed.height:
                    counts = [str(missed.filter(strength=name).height) for name in STRENGTHS]
                    title = f"{question}, {COMPONENTS[component]}, {_day(month_end)}"
                    rows.append([title, str(ranged.height), *counts, _seeds(above), _seeds(below)])
    return markdown(MISS_HEADS, rows) if rows else "None."


def windows(placebos: pl.DataFrame) -> str:
    """Events that did nothing, by window: cash delayed at its end."""
    rows = []
    for episode, (from_on, to_on) in WINDOWS.items():
        for one in judged(placebos.filter(episode_id=episode)):
            if one.component == DELAYED:
                rows.append(
                    [
                        f"{from_on:%B} and {to_on:%B %Y}",
                        str(one.count),
                        usd(one.central_usd),
                        usd(one.side_usd),
                        percent(one.holds_zero_share),
                    ]
                )
    return markdown(WINDOW_HEADS, rows)


def _figure(table: pl.DataFrame, question: str, component: str, month_end: date) -> pl.DataFrame:
    return dollars(table.filter(question=question, component=component, month_end=month_end))


def _month_end(rows: pl.DataFrame, question: str, month_end: date) -> list[str]:
    def off(column: str, strength: str | None = None) -> float | None:
        some = rows if strength is None else rows.filter(strength=strength)
        return some.drop_nulls(column).select((pl.col(column) - pl.col("truth")).mean()).item()

    ranged = rows.drop_nulls(("low", "high"))
    held = ranged.select(pl.col("truth").is_between("low", "high").cast(pl.Float64).mean()).item()
    return [
        f"cost of the {question}",
        _day(month_end),
        str(rows.height),
        str(rows["central"].null_count()),
        usd(rows["truth"].mean()),
        *(or_dash(off("central", strength), usd_off) for strength in (*STRENGTHS, None)),
        or_dash(None if rows["prior_year"].null_count() else off("prior_year"), usd_off),
        or_dash(held, percent),
    ]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _seeds(rows: pl.DataFrame) -> str:
    """Seeds and in how many of their cities."""
    counts = rows.group_by("seed").len().sort("seed").rows()
    return ", ".join(f"seed {seed} ({count})" for seed, count in counts) or "–"
