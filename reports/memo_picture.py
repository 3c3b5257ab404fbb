"""The memo's picture as points: what was open by month, beside what would be open without the event.

Points are shares of the frame, from 0 to 1; black and white must read, so lines differ by their dashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from dashboards import formats
from dashboards import impact_words as terms

STEPS = (1, 2, 2.5, 5, 10)  # of an axis, times a power of ten
TICKS, SHOWN_MONTHS = 4, 7
TONES = {"billing_suspension": 78, "channel_outage": 78}  # lightness in percent; everything else is paler
PALE = 93
BANDS = ("penalty_waiver", "billing_suspension")
CAPTION = (
    "Open of bills up to half a year old, due or not, and bills that should have been sent. Solid: actual. "
    "Dashed: expected without the event, with its range. Source: bills and payments of the build below."
)


def recovery(months: pl.DataFrame, events: pl.DataFrame) -> dict:
    """Lines, range, bands of the events, ticks and a caption.

    Args:
        months: rows of `recovery_by_month`.
        events: the episode's events, one row each.
    """
    ends = months["month_end_on"].to_list()
    first, last = ends[0].replace(day=1), ends[-1]
    columns = ("actual_usd", "expected_usd", "expected_high_usd")
    highest = max(value for column in columns for value in months[column].drop_nulls())
    step = _step(highest)
    top = step * (highest // step + 1)

    def points(column: str) -> list[tuple[float, float]]:
        return [
            (_across(end, first, last), float(value / top))
            for end, value in zip(ends, months[column], strict=True)
            if value is not None
        ]

    count = int(top / step)
    return {
        "lines": [
            {"points": points("expected_usd"), "dashed": True},
            {"points": points("actual_usd"), "dashed": False},
        ],
        "range": points("expected_high_usd") + points("expected_low_usd")[::-1],
        "bands": _bands(events, first, last),
        "ticks": [
            {"at": float(step * number / top), "label": formats.usd_tile(step * number)}
            for number in range(count + 1)
        ],
        "months": _month_labels(ends, first, last),
        "caption": CAPTION,
    }  # fmt: skip


def _across(day: date, first: date, last: date) -> float:
    return max(0.0, min(1.0, (day - first) / max(last - first, timedelta(days=1))))


def _step(highest: Decimal) -> Decimal:
    """A round step that divides the axis into about four."""
    power = Decimal(10) ** ((highest / TICKS).adjusted())
    return next(Decimal(str(one)) * power for one in STEPS if Decimal(str(one)) * power * TICKS >= highest)


def _bands(events: pl.DataFrame, first: date, last: date) -> list[dict]:
    found = []
    for kind in BANDS:
        of_kind = events.filter(event_kind=kind)
        if of_kind.is_empty():
            continue
        ends = [end or last for end in of_kind["ends_on"]]
        found.append({
            "from": _across(min(of_kind["starts_on"]), first, last),
            "to": _across(max(ends), first, last),
            "tone": TONES.get(kind, PALE),
            "label": terms.event_kind(kind),
            "down": len(found),
        })  # fmt: skip
    return found


def _month_labels(ends: Sequence[date], first: date, last: date) -> list[dict]:
    every = max(1, -(-len(ends) // SHOWN_MONTHS))
    return [{"at": _across(end, first, last), "label": formats.month(end)} for end in ends[::every]]
