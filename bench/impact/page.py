"""The study as a page: tables, targets and a picture."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import typst

from bench.impact.failings import misses, month_ends, overstatements, refusals, windows
from bench.impact.judge import (
    DELAYED,
    END_OF_MEASURES,
    END_OF_WAIVER,
    PENALTIES,
    POOLED,
    Verdict,
    Worth,
    verdicts,
    worth,
)
from bench.impact.placebo import Found
from bench.impact.placebo import found as judged
from bench.impact.words import markdown, or_dash, percent, percent_off, usd

TEMPLATE = Path(__file__).with_name("picture.typ")
TEXT = Path(__file__).with_name("page.md")
PANELS = (
    ("waiver", PENALTIES, END_OF_WAIVER, "Cost of the waiver: penalties foregone"),
    ("event", PENALTIES, END_OF_WAIVER, "Cost of the event: penalties foregone"),
    ("waiver", DELAYED, END_OF_MEASURES, "Cost of the waiver: cash delayed, 28 Feb 2021"),
    ("event", DELAYED, END_OF_MEASURES, "Cost of the event: cash delayed, 28 Feb 2021"),
)
HEADS = (
    "question", "response", "cities", "truth", "rules applied", "bias", "best estimate", "bias",
    "mean error", "range holds the truth", "range, below", "range, above",
)  # fmt: skip
PLACEBO_HEADS = (
    "placebo", "cities x windows", "truth", "estimate", "range, either side", "range holds nothing",
)  # fmt: skip
COMPONENTS = {PENALTIES: "penalties foregone", DELAYED: "cash delayed at the end of its window"}
LITTLE_USD = 5_000  # a bias in percent of less than this says nothing


def page(table: pl.DataFrame, placebos: pl.DataFrame, seeds: int, accounts: int, measured_on: date) -> str:
    """The page, from the table of the study and that of the events that did nothing."""
    found = worth(table)
    return TEXT.read_text(encoding="utf-8").format(
        seeds=seeds,
        cities=table.select("seed", "strength").n_unique(),
        accounts=f"{accounts:,}",
        measured_on=f"{measured_on.day} {measured_on:%B %Y}",
        penalties=_table(found, PENALTIES, END_OF_WAIVER),
        delayed=_table(found, DELAYED, END_OF_MEASURES),
        left=_table(found, DELAYED, END_OF_WAIVER),
        targets=_targets(verdicts(found)),
        refusals=refusals(table),
        month_ends=month_ends(table),
        overstatements=overstatements(found),
        misses=misses(table),
        windows=windows(placebos),
        placebos=markdown(PLACEBO_HEADS, [_placebo(one) for one in judged(placebos)]),
    )


def picture(table: pl.DataFrame) -> bytes:
    """The picture as PNG."""
    found = {
        (one.question, one.component, one.month_end): one for one in worth(table) if one.strength == POOLED
    }
    panels = []
    for question, component, month_end, title in PANELS:
        rows = table.filter(question=question, component=component, month_end=month_end)
        shown = rows.filter(pl.col("central").is_not_null())
        if shown.height:
            panels.append(_panel(shown, title, found[question, component, month_end]))
        elif rows.height:
            refused = f"No estimate: refused in all {rows.height} cities. The page says why."
            panels.append({"title": title, "sentence": refused, "dots": []})
    return typst.compile(
        TEMPLATE,
        format="png",
        ppi=150,
        ignore_system_fonts=True,
        sys_inputs={"given": json.dumps({"panels": panels})},
    )


def _panel(rows: pl.DataFrame, title: str, pooled: Worth) -> dict[str, Any]:
    figures = ("truth", "mechanical", "low", "central", "high")
    dots = rows.select("strength", pl.col(figures).cast(pl.Float64))
    covered = (
        "" if pooled.covered_share is None else f", the range holds it in {percent(pooled.covered_share)}"
    )
    bias = "" if pooled.bias is None else percent_off(pooled.bias)
    return {
        "title": title,
        "sentence": f"On average {bias} from the truth{covered} of {pooled.city_count} cities",
        "x": _axis(dots["truth"].to_list()),
        "y": _axis([value for name in figures for value in dots[name].drop_nulls()]),
        "dots": dots.to_dicts(),
    }


def _axis(values: Sequence[float]) -> dict[str, Any]:
    """From where to where an axis goes, and its ticks."""
    step = _step(max(values) - min(values))
    first, last = math.floor(min(values) / step), math.ceil(max(values) / step)
    ticks = [{"at": n * step, "text": usd(n * step)} for n in range(first, last + 1)]
    return {"low": first * step, "high": last * step, "ticks": ticks}


def _step(span: float) -> float:
    """A round distance of the ticks of an axis."""
    rough = span / 5
    power = 10 ** math.floor(math.log10(rough))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= rough)


def _table(found: Sequence[Worth], component: str, month_end: date) -> str:
    rows = [_row(one) for one in found if (one.component, one.month_end) == (component, month_end)]
    return markdown(HEADS, rows)


def _row(one: Worth) -> list[str]:
    is_little = abs(one.truth_usd) < LITTLE_USD
    return [
        f"cost of the {one.question}",
        one.strength,
        str(one.city_count),
        usd(one.truth_usd),
        or_dash(one.mechanical_usd, usd),
        "–" if is_little else or_dash(one.mechanical_bias, percent_off),
        or_dash(one.central_usd, usd),
        "–" if is_little else or_dash(one.bias, percent_off),
        or_dash(one.error_usd, usd),
        or_dash(one.covered_share, percent),
        "–" if is_little else or_dash(one.low_share, percent),
        "–" if is_little else or_dash(one.high_share, percent),
    ]


def _placebo(one: Found) -> list[str]:
    return [
        COMPONENTS[one.component],
        str(one.count),
        usd(0),
        usd(one.central_usd),
        usd(one.side_usd),
        percent(one.holds_zero_share),
    ]


def _targets(said: Sequence[Verdict]) -> str:
    rows = [[one.target, one.found, "met" if one.is_met else "**not met**"] for one in said]
    return markdown(("target", "found", "met"), rows)
