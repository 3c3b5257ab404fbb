"""What the waiver and the event truly cost: each city against its own twin, month by month."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from bench.impact.runs import ACTUAL, QUESTIONS, Run

USD = pl.Decimal(18, 2)
FROM_MONTH = pl.date(2020, 12, 1)
KEY = ("seed", "strength", "utility_id", "question", "month_end")


def truth(lives: Iterable[Run]) -> pl.DataFrame:
    """The truth of all cities whose three lives are there, from December 2020 to the end of the runs.

    Returns:
        One row per city, question and month end. In dollars, `foregone` as flows of the month, the rest as it
        stood at the month end:

        - `penalties_foregone_usd`: what the twin assessed less what the city did, waived ones taken off both.
        - `reconnect_fees_foregone_usd`: the same of disconnect and reconnect fees.
        - `card_fees_absorbed_usd`: what the city took on itself beyond what the twin did.
        - `delayed_usd`: what was owed beyond the twin's receivable, penalties left out of both.
        - `billed_behind_usd`: what the twin had billed by then, and the city not yet.
        - `cash_behind_usd`: what the twin had received by then and the city not, returns taken off.
    """
    lives = list(lives)
    tables = []
    for actual in (one for one in lives if one.life == ACTUAL):
        twins = {one.life: one for one in lives if one.city_folder == actual.city_folder}
        if all(twins[name].flows.exists() for name in (ACTUAL, *QUESTIONS)):
            tables += [_against(actual, twins[question]) for question in QUESTIONS]
    return pl.concat(tables).sort(KEY)


def _against(actual: Run, twin: Run) -> pl.DataFrame:
    """A city against one of its twins."""
    city, other = (_by_month(one) for one in (actual, twin))
    both = city.join(other, on=("month_end", "component"), how="full", coalesce=True, suffix="_twin")
    both = both.with_columns(pl.col("amount_usd", "amount_usd_twin").fill_null(0))
    more = both.with_columns(more_usd=pl.col("amount_usd") - pl.col("amount_usd_twin"))
    wide = more.pivot(on="component", index="month_end", values="more_usd").sort("month_end").fill_null(0)
    named = {
        "penalties_foregone_usd": -_sum(wide, "penalty", "penalty_waiver"),
        "reconnect_fees_foregone_usd": -_sum(wide, "disconnect_fee", "reconnect_fee"),
        "card_fees_absorbed_usd": _sum(wide, "card_fees_absorbed"),
        "delayed_usd": _sum(wide, "receivable") - _sum(wide, "receivable_penalties"),
        "billed_behind_usd": -_sum(wide, "billed").cum_sum(),
        "cash_behind_usd": (
            _sum(wide, "returned_payments") - _sum(wide, "payments", "assistance_payments")
        ).cum_sum(),
    }
    rows = wide.select("month_end", **named)
    return rows.filter(pl.col("month_end") >= FROM_MONTH).select(
        pl.lit(actual.seed).alias("seed"),
        pl.lit(actual.strength).alias("strength"),
        pl.lit(actual.utility_id).alias("utility_id"),
        pl.lit(twin.life).alias("question"),
        "month_end",
        pl.exclude("month_end").cast(USD),
    )


def _by_month(one: Run) -> pl.DataFrame:
    """The flows of a run over all customer classes."""
    flows = pl.read_parquet(one.flows)
    return flows.group_by("month_end", "component").agg(pl.col("amount_usd").sum())


def _sum(wide: pl.DataFrame, *components: str) -> pl.Expr:
    """The sum of components; one that neither run has is nothing."""
    found = [pl.col(name) for name in components if name in wide.columns]
    return pl.sum_horizontal(found) if found else pl.lit(0, pl.Decimal(38, 2))
