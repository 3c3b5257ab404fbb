"""What estimates are worth: bias, coverage and width against the truth, and whether the bar is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from bench.impact.runs import QUESTIONS, STRENGTHS

POOLED = "all"
END_OF_MEASURES, END_OF_WAIVER = date(2021, 2, 28), date(2021, 6, 30)
MONTH_ENDS = (
    date(2020, 12, 31), date(2021, 1, 31), END_OF_MEASURES, date(2021, 3, 31), date(2021, 4, 30),
    date(2021, 5, 31), END_OF_WAIVER,
)  # fmt: skip
WITHOUT_BILLS = MONTH_ENDS[0]  # billing was suspended
PENALTY_BIAS, DELAY_BIAS, COVERAGE, WIDTH = 0.10, 0.15, 0.80, 0.30
# What is judged: foregone penalties of the whole window, delayed cash where there is some.
PENALTIES, DELAYED = "penalties", "collected_late"
JUDGED = ((PENALTIES, END_OF_WAIVER), (DELAYED, END_OF_MEASURES), (DELAYED, END_OF_WAIVER))


FIGURES = ("mechanical", "low", "central", "high", "prior_year")


@dataclass(frozen=True)
class Worth:
    """What the estimates of one figure are worth over many cities.

    Attributes:
        question: `waiver` or `event`.
        component: what was estimated.
        month_end: as it stood then; of flows: what had come together by then.
        strength: of the response; `all` pools the cities.
        city_count: cities judged.
        truth_usd: mean of the truth.
        mechanical_usd: mean of the rules applied to what happened; None where there is no such figure.
        central_usd: mean of the best estimate; None where it was refused everywhere.
        error_usd: mean distance of the best estimate from the truth.
        covered_share: cities whose truth lies in the range.
        low_share: mean distance from the central to the low end, over the mean central.
        high_share: the same of the high end.
    """

    question: str
    component: str
    month_end: date
    strength: str
    city_count: int
    truth_usd: float
    mechanical_usd: float | None
    central_usd: float | None
    error_usd: float | None
    covered_share: float | None
    low_share: float | None
    high_share: float | None

    @property
    def bias(self) -> float | None:
        """Of the best estimate, as a share of the truth."""
        return None if self.central_usd is None else self.central_usd / self.truth_usd - 1

    @property
    def mechanical_bias(self) -> float | None:
        """Of the rules applied to what happened."""
        return None if self.mechanical_usd is None else self.mechanical_usd / self.truth_usd - 1

    @property
    def width(self) -> float | None:
        """The wider side of the range, as a share of the central."""
        return None if self.low_share is None else max(self.low_share, self.high_share or 0.0)


@dataclass(frozen=True)
class Verdict:
    """A target and what was found.

    Attributes:
        target: in words.
        found: what was found.
        is_met: whether it is kept.
    """

    target: str
    found: str
    is_met: bool


def worth(table: pl.DataFrame) -> list[Worth]:
    """Judges the table of the study, for each strength and pooled."""
    found = []
    for component, month_end in JUDGED:
        for question in QUESTIONS:
            rows = table.filter(component=component, month_end=month_end, question=question)
            for strength in (*STRENGTHS, POOLED):
                some = rows if strength == POOLED else rows.filter(strength=strength)
                if some.height:
                    found.append(_worth(some, strength))
    return found


def dollars(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the table of the study, their figures as numbers."""
    return rows.with_columns(pl.col("truth", *FIGURES).cast(pl.Float64, strict=True))


def _worth(rows: pl.DataFrame, strength: str) -> Worth:
    figures = dollars(rows)
    central = figures["central"].mean()
    ranged = figures.drop_nulls(("low", "high"))

    def mean(expression: pl.Expr, over: pl.DataFrame) -> float | None:
        return over.select(expression.mean()).item()

    def side(expression: pl.Expr) -> float | None:
        distance = mean(expression, ranged)
        return None if distance is None or not central else distance / abs(central)

    first = rows.row(0, named=True)
    return Worth(
        question=first["question"],
        component=first["component"],
        month_end=first["month_end"],
        strength=strength,
        city_count=rows.height,
        truth_usd=figures["truth"].mean(),
        mechanical_usd=figures["mechanical"].mean(),
        central_usd=central,
        error_usd=mean((pl.col("central") - pl.col("truth")).abs(), figures),
        covered_share=mean(pl.col("truth").is_between("low", "high").cast(pl.Float64), ranged),
        low_share=side(pl.col("central") - pl.col("low")),
        high_share=side(pl.col("high") - pl.col("central")),
    )


def verdicts(found: Iterable[Worth]) -> list[Verdict]:
    """Each target, for each question; delayed cash is judged where there is some: at the end of February."""
    of = {(one.question, one.component, one.month_end, one.strength): one for one in found}
    said = []
    for component, month_end, target, what in (
        (PENALTIES, END_OF_WAIVER, PENALTY_BIAS, "foregone penalties"),
        (DELAYED, END_OF_MEASURES, DELAY_BIAS, "delayed cash, 28 Feb 2021"),
    ):
        for question in QUESTIONS:
            title = f"{question}, {what}"
            pooled = of.get((question, component, month_end, POOLED))
            moderate = of.get((question, component, month_end, "moderate"))
            if pooled is None or moderate is None or pooled.bias is None:
                said.append(Verdict(f"{title}: estimated", "refused", False))
                continue
            said += [
                Verdict(
                    f"{title}: central within {target:.0%} of the truth on average",
                    f"{pooled.bias:+.1%}",
                    abs(pooled.bias) <= target,
                ),
                _range_holds(f"{title}: range holds the truth in at least {COVERAGE:.0%} of cities", pooled),
                Verdict(
                    f"{title}: at moderate response no wider than {WIDTH:.0%} either side",
                    "no range" if moderate.width is None else f"{moderate.width:.0%}",
                    moderate.width is not None and moderate.width <= WIDTH,
                ),
            ]
    return said


def _range_holds(target: str, pooled: Worth) -> Verdict:
    share = pooled.covered_share
    return Verdict(
        target, "no range" if share is None else f"{share:.0%}", share is not None and share >= COVERAGE
    )
