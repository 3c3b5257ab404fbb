"""Sentences on what an episode cost, for the page and the memo alike, from the rows that both ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from dashboards import formats, impact_figures
from dashboards import impact_words as terms
from dashboards.impact_measures import Measures


def answer(answers: pl.DataFrame, question: str) -> str:
    """Both answers to a question, the best estimate with its range; as would have been collected.

    Args:
        answers: rows of `impact_figures.answers`.
        question: waiver or event.
    """
    asked = impact_figures.revenue_of(answers, question)
    name = terms.QUESTIONS[asked["question"]].lower()
    applied = formats.usd_whole(asked["applied_usd"])
    if asked["best_usd"] is None:
        measure = f", {asked['measure'].lower()}"
        return f"The {name} is {applied} by the rules applied to what happened{measure}; no best estimate."
    bounds = impact_figures.between(asked["low_usd"], asked["high_usd"])
    ranged = f" ({bounds})" if bounds else ""
    return (
        f"The {name} is {formats.usd_whole(asked['best_usd'])}{ranged} where people would have paid sooner, "
        f"and {applied} by the rules applied to what happened."
    )


def inside(month_ends: Iterable[date], measures: Measures) -> str:
    """That what came late reads too high at month ends inside the measures, and why; empty without such.

    Args:
        month_ends: those shown.
        measures: of the episode.
    """
    high = [on for on in month_ends if measures.reads_high(on)]
    if not high:
        return ""
    return (
        f"What came late because of the event reads up to a fifth too high at month ends up to "
        f"{formats.day(max(high))}, and what the delay cost with it: {terms.WHY_HIGH}."
    )


def back(months: pl.DataFrame, measures: Measures) -> str:
    """When arrears are back, and how far they were above the expected: as the measures ended, else at most.

    Args:
        months: rows of `recovery_by_month`.
        measures: of the episode.
    """
    known = months.filter(pl.col("difference_usd").is_not_null() & pl.col("is_in_window"))
    back = impact_figures.back_on(months)
    where = "back where it would be without the event"
    ended = (
        f"Since {formats.month(back['month_end_on'])} what is open is {where}"
        if back
        else f"What is open is not {where}"
    )
    if known.is_empty():
        return f"{ended}."
    after = [row for row in known.sort("month_end_on").to_dicts() if measures.had_ended(row["month_end_on"])]
    told = after[0] if after else known.sort("difference_usd").row(-1, named=True)
    amount = formats.usd_whole(abs(told["difference_usd"]))
    way = "more" if told["difference_usd"] >= 0 else "less"
    on = formats.day(told["month_end_on"])
    where = f"on {on}, {terms.AT_THE_END}," if after else f"at its highest, on {on},"
    high = f"; {terms.READS_HIGH}" if measures.reads_high(told["month_end_on"]) else ""
    return f"{ended}; {where} {amount} {way} than expected was open{high}."


def extension(costs: pl.DataFrame, until_on: date) -> str:
    """The cost of extending with its range, in one sentence."""
    parts = []
    for row in costs.iter_rows(named=True):
        bounds = (
            ""
            if row["low_usd"] == row["high_usd"]
            else impact_figures.between(row["low_usd"], row["high_usd"])
        )
        amount = formats.usd_whole(row["central_usd"])
        named = terms.component(row["component"]).lower()
        parts.append(f"{amount}{f' ({bounds})' if bounds else ''} of {named}")
    cost = "would cost" if any(costs["to_come_days"]) else "would have cost"
    return f"Extended to {formats.day(until_on)}, the waiver {cost} {' and '.join(parts)}, as assessed."


def extension_basis(costs: pl.DataFrame) -> str:
    """What of the days has passed, and what is expected."""
    row = costs.row(0, named=True)
    said = []
    if row["passed_days"]:
        passed = formats.plural(row["passed_days"], "day")
        said.append(f"{passed} have passed: what was really charged on them, so no range")
    if row["to_come_days"]:
        to_come = formats.plural(row["to_come_days"], "day")
        said.append(
            f"{to_come} are to come: the mean of months without events of the same half of the year, from "
            "the lowest to the highest of them"
        )
    return "; ".join(said) + "."


def helped(of_all: pl.DataFrame) -> str:
    """How many were helped, and how many of them had been behind before."""
    got = of_all.filter(pl.col("penalties_usd") > 0)
    count, saved = sum(got["account_count"]), sum(got["penalties_usd"], Decimal("0.00"))
    behind = got.filter(pl.col("help_group") == "already_behind")
    share = formats.pct(formats.share(Decimal(sum(behind["account_count"])), Decimal(count)))
    money = formats.usd_whole(sum(behind["penalties_usd"], Decimal("0.00")))
    return (
        f"{formats.plural(count, 'account')} had penalties of {formats.usd_whole(saved)} in all not charged; "
        f"{share} of them, with {money}, were already behind before it began."
    )


def agreements(rows: pl.DataFrame) -> str:
    """How many agreements there are, and how many of them were kept."""
    kept = rows.filter(pl.col("agreement_status").is_in(["completed", "kept"]))
    signed, held = sum(rows["agreement_count"]), sum(kept["agreement_count"])
    return (
        f"{formats.count(held)} of {formats.plural(signed, 'payment agreement')} signed in its time "
        f"{'is' if held == 1 else 'are'} completed or still kept."
    )


def lost(found: Sequence[impact_figures.Step], question: str) -> str:
    """What only came late, then what was lost, each with its range.

    Args:
        found: steps of the question's waterfall.
        question: waiver or event.
    """
    name = terms.QUESTIONS[question].lower().removeprefix("cost of ")
    late = [step for step in found if step.nature == "delayed"][-1:]  # the last stage: not paid yet
    parts = [step for step in found if step.nature == "lost" and not step.is_sum]
    said = [
        f"{impact_figures.with_range(step.amount, step.bounds)} only came late because of {name}"
        + (f", as it stood on {formats.day(step.on)}" if step.on else "")
        + (f" ({terms.READS_HIGH})" if step.reads_high else "")
        for step in late
    ]
    lost = f"{formats.usd_whole(impact_figures.lost_sum(found))} was lost"
    of_it = ", ".join(
        f"{step.name.lower()} {impact_figures.with_range(step.amount, step.bounds)}" for step in parts
    )
    said.append((lost if late else f"{lost} because of {name}") + (f": {of_it}" if of_it else ""))
    if not all(step.is_best for step in found):
        said.append("where there is no best estimate, the rules applied to what happened stand for it")
    return f"{'; '.join(said)}."
