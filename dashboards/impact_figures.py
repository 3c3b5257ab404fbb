"""What page and memo say of an episode's cost, from the same rows: figures with ranges, steps, tables.

Amounts are dollars, never added across ranges. A best estimate that was refused is None; then the rules
applied to what happened stand alone and are called so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from dashboards import formats, impact_measures
from dashboards import impact_words as terms
from dashboards.impact_measures import Measures

Figure = tuple[str, str, str, str]
ZERO = Decimal("0.00")
COST_OF = {
    terms.WAIVER: "Cost of the waiver",
    terms.EVENT: "Cost of the event",
}
LATE = "Only came late"
BACK = "Back to normal"
ANSWER_LINES = {
    "applied_usd": terms.METHODS[terms.APPLIED],
    "best_usd": terms.METHODS[terms.BEST],
    "low_usd": "its range from",
    "high_usd": "to",
}
ANSWER_COLUMNS = {
    "line": "Penalties not charged, dollars",
    "waiver_assessed_usd": "Waiver: assessed",
    "waiver_collected_usd": "collected",
    "event_assessed_usd": "Event: assessed",
    "event_collected_usd": "collected",
}
NO_RANGE = "no range: rules applied"


@dataclass(frozen=True)
class Step:
    """A column of the waterfall.

    Attributes:
        nature: delayed, lost, against or apart.
        name: what it is called.
        amount: dollars.
        base: where it begins; lost parts stand upon each other, everything else begins at zero.
        bounds: its range; empty where there is none.
        on: the day on which it stood; None of what is added up over months.
        is_sum: whether it sums up the parts before it.
        component: its code; empty for a sum.
        is_best: whether it is the best estimate, not the rules that stand for it.
        reads_high: whether it stood at a month end at which it reads too high.
    """

    nature: str
    name: str
    amount: Decimal
    base: Decimal = ZERO
    bounds: str = ""
    on: date | None = None
    is_sum: bool = False
    component: str = ""
    is_best: bool = True
    reads_high: bool = False


def row_of(totals: pl.DataFrame, **keys: object) -> dict | None:
    """The row with these values; None where there is none."""
    found = totals.filter(**keys)
    return found.row(0, named=True) if found.height else None


def best_of(totals: pl.DataFrame, question: str, component: str) -> dict | None:
    """The best estimate of a component; None where it was refused or there is nothing."""
    return row_of(totals, question=question, component=component, is_best=True)


def between(low: Decimal | None, high: Decimal | None) -> str:
    """A range in words: `$12,900 to $16,000`."""
    return "" if low is None or high is None else f"{formats.usd_whole(low)} to {formats.usd_whole(high)}"


def real(row: Mapping) -> Decimal:
    """What a figure comes to as revenue: as would have been collected, where something was assessed."""
    return row["central_usd"] if row["collected_usd"] is None else row["collected_usd"]


def own(row: Mapping) -> Decimal:
    """The part of `real` that only events of the episode did."""
    return row["own_usd"] if row["collected_usd"] is None else row["own_collected_usd"]


def real_range(row: Mapping) -> str:
    """The range of `real`."""
    if row["collected_usd"] is None:
        return between(row["low_usd"], row["high_usd"])
    return between(row["collected_low_usd"], row["collected_high_usd"])


def cost_figure(totals: pl.DataFrame, question: str, why: str, definition: str) -> Figure:
    """Penalties not charged: the best estimate with its range, as would have been collected.

    Args:
        totals: rows of `impact_by` in total.
        question: waiver or event.
        why: why there is no best estimate.
        definition: of the figure.
    """
    label = COST_OF[question]
    best = best_of(totals, question, "penalties")
    applied = row_of(totals, question=question, component="penalties", method=terms.APPLIED)
    if best is None and applied is None:
        return label, formats.UNKNOWN, "no penalty was waived", definition
    row = best or applied
    bounds = real_range(row)
    what = f"{bounds}: penalties not charged" if bounds else "penalties not charged"
    if row["collected_usd"] is not None:
        parts = [f"{what}, {terms.COLLECTED.lower()}", f"assessed {formats.usd_whole(row['central_usd'])}"]
    else:
        parts = [f"{what}, as assessed: no clean month tells what is collected"]
    lost = lost_sum(steps(totals, totals.clear(), question, Measures()))
    if best is not None and lost != real(best):
        parts.append(f"all that was lost: {formats.usd_whole(lost)}")
    if best is None:
        parts.append(f"rules applied to what happened, no best estimate: {why or 'see the methods'}")
    return label, formats.usd_whole(real(row)), "; ".join(parts), definition


def late_figure(
    months: pl.DataFrame,
    totals: pl.DataFrame,
    question: str,
    measures: Measures,
    why: str,
    definition: str,
) -> Figure:
    """What was paid late: as the event's measures ended, else at its highest; and at the last month end.

    Args:
        months: rows of `impact_by` by month.
        totals: the same in total.
        question: waiver or event.
        measures: of the episode.
        why: why there is no estimate.
        definition: of the figure.
    """
    told = impact_measures.told(totals, months, question, measures)
    if told is None:
        unbilled = best_of(totals, question, "unbilled")
        if unbilled is None:
            return LATE, formats.UNKNOWN, f"no estimate: {why or 'see the methods'}", definition
        text = f"service not yet billed on {formats.day(unbilled['at_on'])}"
        return LATE, formats.usd_tile(unbilled["central_usd"]), text, definition
    last = impact_measures.late(months, question).sort("at_on").row(-1, named=True)
    on = formats.day(told["at_on"])
    if told["is_at_end"]:
        text = f"{_ranged(told)} on {on}, {terms.AT_THE_END}"
    else:
        text = f"{_ranged(told)} at its highest, on {on}"
        text += f"; {terms.READS_HIGH}" if told["reads_high"] else ""
    if last["at_on"] != told["at_on"]:
        left = formats.usd_whole(last["central_usd"]) if last["central_usd"] > 0 else "nothing any more"
        text += f"; on {formats.day(last['at_on'])} {left} ({_ranged(last)})"
    return LATE, formats.usd_whole(told["central_usd"]), text, definition


def _ranged(row: Mapping) -> str:
    return between(row["low_usd"], row["high_usd"]) or NO_RANGE


def back_on(recovery: pl.DataFrame) -> dict | None:
    """The month from which on arrears are back on their expected path; None where they are not."""
    back = recovery.filter(pl.col("is_back")).sort("month_end_on")
    return back.row(0, named=True) if back.height else None


def back_figure(recovery: pl.DataFrame, definition: str) -> Figure:
    """The month from which on arrears are back on their expected path."""
    if recovery.is_empty():
        return BACK, formats.UNKNOWN, "no month end to judge by", definition
    back, last = back_on(recovery), recovery.sort("month_end_on").row(-1, named=True)
    shown = back or last
    expected = between(shown["expected_low_usd"], shown["expected_high_usd"])
    if not expected:
        return BACK, formats.UNKNOWN, "no clean month tells what to expect", definition
    opened, on = formats.usd_tile(shown["actual_usd"]), formats.day(shown["month_end_on"])
    text = f"open {opened} on {on}; expected {expected}"
    value = formats.month(back["month_end_on"]) if back else "Not yet"
    return BACK, value, text, definition


def answers(totals: pl.DataFrame) -> pl.DataFrame:
    """Both answers side by side, a row for each question and measure, for penalties not charged.

    Returns:
        question, measure, applied_usd, best_usd, low_usd, high_usd.
    """
    rows = []
    for question in terms.QUESTIONS:
        applied = row_of(totals, question=question, component="penalties", method=terms.APPLIED)
        best = best_of(totals, question, "penalties")
        for measure, prefix in ((terms.ASSESSED, ""), (terms.COLLECTED, "collected_")):
            central = f"{prefix or 'central_'}usd"
            rows.append({
                "question": question,
                "measure": measure,
                "applied_usd": applied and applied[central],
                "best_usd": best and best[central],
                "low_usd": best and best[f"{prefix}low_usd"],
                "high_usd": best and best[f"{prefix}high_usd"],
            })  # fmt: skip
    money = pl.Decimal(18, 2)
    return pl.DataFrame(
        rows,
        schema={"question": pl.String, "measure": pl.String}
        | dict.fromkeys(("applied_usd", "best_usd", "low_usd", "high_usd"), money),
    )


def revenue_of(found: pl.DataFrame, question: str) -> dict:
    """The answer to a question as would have been collected; as assessed where nothing tells what is.

    Args:
        found: rows of `answers`.
        question: waiver or event.
    """
    rows = found.filter(question=question).sort("measure", descending=True).to_dicts()
    return next((row for row in rows if row["applied_usd"] is not None), rows[0])


def crossed(found: pl.DataFrame) -> pl.DataFrame:
    """The answers, with a line for each way to answer, and a column for each question and measure."""
    columns = {
        column: found.filter(question=question, measure=measure).row(0, named=True)
        for column, (question, measure) in zip(
            list(ANSWER_COLUMNS)[1:],
            [(key, measure) for key in terms.QUESTIONS for measure in (terms.ASSESSED, terms.COLLECTED)],
            strict=True,
        )
    }
    lines = [
        {"line": name} | {column: row[line] for column, row in columns.items()}
        for line, name in ANSWER_LINES.items()
    ]
    return pl.DataFrame(lines, schema={"line": pl.String} | dict.fromkeys(columns, pl.Decimal(18, 2)))


def steps(totals: pl.DataFrame, months: pl.DataFrame, question: str, measures: Measures) -> list[Step]:
    """The waterfall of a question: what came late, what was lost, what was received, what is only shown.

    Lost counts what only events of the episode did; what another would have done all the same stands apart.
    Where the best estimate of a part was refused, the rules applied to what happened stand for it, and it
    says so.

    Args:
        totals: rows of `impact_by` in total.
        months: the same by month.
        question: waiver or event.
        measures: of the episode.
    """
    shown = (
        totals.filter(pl.col("is_best") | (pl.col("method") == terms.APPLIED), question=question)
        .sort("component_no", "is_best", descending=[False, True])
        .unique("component", keep="first", maintain_order=True)
    )
    found: list[Step] = []
    anyway: list[Step] = []
    lost = ZERO
    for row in shown.iter_rows(named=True):
        if row["component"] == "collected_late":
            row |= impact_measures.told(totals, months, question, measures) or {}
        amount, bounds = real(row), real_range(row)
        name = terms.component(row["component"])
        if row["nature"] == "lost" and own(row) != amount:
            shared = amount - own(row)
            anyway.append(Step("apart", f"{name}, anyway", shared, component=row["component"]))
            amount, bounds = own(row), ""
        if not amount:
            continue
        base = lost if row["nature"] == "lost" else ZERO
        if not row["is_best"]:
            name += f", {terms.BY_THE_RULES}"
        found.append(Step(
            row["nature"], name, amount, base, bounds, row["at_on"],
            component=row["component"], is_best=row["is_best"], reads_high=row.get("reads_high", False),
        ))  # fmt: skip
        if row["nature"] == "lost":
            lost += amount
    if sum(step.nature == "lost" for step in found) > 1:
        at = max(place for place, step in enumerate(found) if step.nature == "lost")
        found.insert(at + 1, Step("lost", "All that was lost", lost, is_sum=True))
    return found + anyway


def with_range(amount: Decimal, bounds: str) -> str:
    """An amount and its range in one breath: `$14,200 ($12,900 to $16,000)`."""
    return f"{formats.usd_whole(amount)} ({bounds})" if bounds else formats.usd_whole(amount)


def lost_sum(found: list[Step]) -> Decimal:
    """All that was lost, of the steps of a waterfall."""
    return sum((step.amount for step in found if step.nature == "lost" and not step.is_sum), ZERO)


def covers(by_cover: pl.DataFrame, question: str, events: pl.DataFrame) -> pl.DataFrame:
    """Because of which events: a row for each component lost and its events, those of several first.

    Args:
        by_cover: rows of `impact_by` by covering events.
        question: waiver or event.
        events: the events in force, one row each.

    Returns:
        component, because, is_several, covered_by, is_own (no event of another episode would
        have done it), applied_usd, applied_collected_usd, best_usd, best_collected_usd.
    """
    titles = dict(events.select("event_id", "event_title").iter_rows())
    asked = by_cover.filter((pl.col("question") == question) & (pl.col("nature") == "lost"))
    rows: dict[tuple, dict] = {}
    for row in asked.iter_rows(named=True):
        key = (row["component_no"], "," not in row["dimension_value"], row["dimension_value"])
        line = rows.setdefault(key, {
            "component": row["component"],
            "because": terms.covered_by(row["dimension_value"], titles),
            "is_several": not key[1],
            "covered_by": row["dimension_value"],
            "is_own": row["own_usd"] == row["central_usd"],
        })  # fmt: skip
        if row["method"] == terms.APPLIED:
            line |= {"applied_usd": row["central_usd"], "applied_collected_usd": row["collected_usd"]}
        if row["is_best"]:
            line |= {"best_usd": row["central_usd"], "best_collected_usd": row["collected_usd"]}
    for line in rows.values():
        if line["component"] not in terms.ASSESSED_PARTS:  # there, what was lost is what it came to
            line |= {f"{way}_collected_usd": line.get(f"{way}_usd") for way in ("applied", "best")}
    money = dict.fromkeys(
        ("applied_usd", "applied_collected_usd", "best_usd", "best_collected_usd"), pl.Decimal(18, 2)
    )
    text = {"component": pl.String, "because": pl.String, "is_several": pl.Boolean, "covered_by": pl.String}
    text["is_own"] = pl.Boolean
    return pl.DataFrame([rows[key] for key in sorted(rows)], schema=text | money)


def either_sentence(found: pl.DataFrame, events: pl.DataFrame) -> str:
    """Why nearly all stands in the row of several events: one had begun before the other.

    Args:
        found: rows of `covers`.
        events: the events in force, one row each.
    """
    several = found.filter((pl.col("component") == "penalties") & pl.col("is_several"))
    if several.is_empty():
        return ""
    named = {event_id for code in several["covered_by"] for event_id in code.split(",")}
    known = events.filter(pl.col("event_id").is_in(named)).sort("starts_on", "event_id")
    if known.height < 2:
        return ""
    first, second = known.row(0, named=True), known.row(1, named=True)
    together = sum(several["applied_usd"].drop_nulls(), ZERO)
    all_of_it = sum(found.filter(component="penalties")["applied_usd"].drop_nulls(), ZERO)
    already = terms.ALREADY.get(first["event_kind"], "The same already held")
    return (
        f"{already} from {formats.day(first['starts_on'])}, before “{second['event_title']}” began on "
        f"{formats.day(second['starts_on'])}: of {formats.usd(all_of_it)} not charged by the rules, for "
        f"{formats.usd(together)} either alone would have done it. That stands once, in a row of its own."
    )


def why_refused(methods: pl.DataFrame, question: str, component: str = "penalties") -> str:
    """Why the best estimate of a component was refused; empty where it was not."""
    found = methods.filter(
        (pl.col("question") == question)
        & (pl.col("component") == component)
        & (pl.col("method") == terms.BEST)
        & pl.col("is_refused")
    )
    reason = (found["reason"][0] or "") if found.height else ""
    return (reason[:1].lower() + reason[1:]).rstrip(".")
