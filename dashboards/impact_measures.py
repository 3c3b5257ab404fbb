"""When the measures of an event had ended: only from then on is what came late told without a caution.

Bills that were held back are restated into equal months, and some then fall just after a month end instead
of just before it. While such measures last, too little is expected to be open and too much reads as late;
how much, docs/impact_study.md has measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboards import impact_words as terms

HELD_BACK = ("unbilled", "billed_late")  # parts that there are only where bills were held back


@dataclass(frozen=True)
class Measures:
    """What an episode suspended, waivers of penalties and fees left out.

    Attributes:
        ended_on: their last day; None where there are none, or where they go on.
        held_back: whether bills were held back.
    """

    ended_on: date | None = None
    held_back: bool = False

    def had_ended(self, on: date) -> bool:
        """Whether they had ended by a day."""
        return self.ended_on is not None and self.ended_on <= on

    def reads_high(self, on: date) -> bool:
        """Whether what came late because of the event reads too high at a month end."""
        return self.held_back and not self.had_ended(on)


def of(episode: Mapping, totals: pl.DataFrame) -> Measures:
    """The measures of an episode.

    Args:
        episode: row of `episodes`.
        totals: rows of `impact_by` in total.
    """
    held = totals.filter(pl.col("component").is_in(HELD_BACK), question=terms.EVENT)
    return Measures(episode["outage_to_on"], not held.is_empty())


def late(rows: pl.DataFrame, question: str) -> pl.DataFrame:
    """The best estimate of what was paid late, of rows of `impact_by`."""
    return rows.filter(question=question, component="collected_late", is_best=True)


def told(totals: pl.DataFrame, months: pl.DataFrame, question: str, measures: Measures) -> dict | None:
    """What was paid late where it is told: of the event as its measures ended, else at its highest.

    Args:
        totals: rows of `impact_by` in total: what the event made late stands there at its measures' end.
        months: the same by month.
        question: waiver or event.
        measures: of the episode.

    Returns:
        the row, with `is_at_end` and `reads_high`; None where there is no estimate.
    """
    by_month = late(months, question)
    if by_month.is_empty():
        return None
    row = by_month.sort("central_usd", "at_on").row(-1, named=True)
    ended = late(totals, question).to_dicts()
    is_at_end = question == terms.EVENT and bool(ended) and measures.had_ended(ended[0]["at_on"])
    row = ended[0] if is_at_end else row
    reads_high = question == terms.EVENT and measures.reads_high(row["at_on"])
    return {**row, "is_at_end": is_at_end, "reads_high": reads_high}
