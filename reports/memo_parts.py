"""Parts of the council's memo, in the sentences of the page: what happened, what came late, what was lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboards import formats, impact_figures, impact_measures, impact_sentences
from dashboards import impact_words as terms
from dashboards import months as calendar
from dashboards.definitions import DEFINITIONS
from reports import memo_picture

Ask = Callable[..., pl.DataFrame]
MEANINGS = (
    *terms.QUESTIONS.values(), "Rules applied, best estimate, range", "As would have been collected",
    impact_figures.LATE, impact_figures.BACK,
)  # fmt: skip
HORIZONS = (1, 3, 6)  # months by which a waiver would be extended
HOW = {terms.APPLIED: "counted", terms.BEST: "estimated"}
WHY = (
    "Counted: by the rules from what happened; nothing has to be guessed, so there is no range. Estimated: "
    "against months without events; nine of ten repeats of the estimate lie in the range. Dollars; fees and "
    "penalties as would have been collected."
)


@dataclass(frozen=True)
class Sheet:
    """A table of text.

    Attributes:
        headings: of the columns.
        texts: whether a column is text, to the left; numbers stand to the right.
        widths: of the columns, relative.
        rows: as printed.
    """

    headings: tuple[str, ...]
    texts: tuple[bool, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """A part of the memo.

    Attributes:
        title: the question that it answers.
        paragraphs: what it says.
        table: below them.
        picture: what `memo_picture` gave.
        notes: in small print.
        definitions: words and what they mean, in small print.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    table: Sheet | None = None
    picture: dict | None = None
    notes: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()

    @property
    def is_said(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.paragraphs or self.table or self.definitions)


def happened(ask: Ask) -> Part:
    """When what was suspended: own events by what they did, and what had begun before."""
    events = ask("episode_events").filter(pl.col("is_latest") & pl.col("is_in_time"))
    own, others = events.filter("is_of_episode"), events.filter(~pl.col("is_of_episode"))
    lines = []
    for kind in terms.EVENT_KINDS:
        of_kind = own.filter(event_kind=kind)
        if of_kind.is_empty():
            continue
        ends = [end for end in of_kind["ends_on"] if end is not None]
        is_open = len(ends) < of_kind.height
        first = min(of_kind["starts_on"])
        last = None if is_open else max(ends)
        lines.append((first, f"{terms.event_kind(kind).lower()} {_span(first, last)}"))
    said = "; ".join(text for _, text in sorted(lines))
    causes = list(dict.fromkeys(cause for cause in own["cause"] if cause))
    paragraphs = [f"{said[:1].upper()}{said[1:]}.", f"Why: {'; '.join(causes)}."] if causes else [said]
    before = [
        f"{row['event_title']} ({_span(row['starts_on'], row['ends_on'])})"
        for row in others.sort("starts_on").iter_rows(named=True)
    ]
    if before:
        paragraphs.append(f"Also in force then, and no part of it: {'; '.join(before)}.")
    return Part("What happened?", tuple(paragraphs))


def _span(first: date, last: date | None) -> str:
    if last is None:
        return f"from {formats.day(first)} {terms.UNTIL_FURTHER_NOTICE}"
    return f"on {formats.day(first)}" if first == last else f"{formats.day(first)} to {formats.day(last)}"


def late(ask: Ask, episode: Mapping) -> Part:
    """What only came late because of the event, at its stages, and what the delay cost."""
    totals, months = ask("impact_by", dimension="total"), ask("impact_by", dimension="month")
    measures = impact_measures.of(episode, totals)
    found = impact_figures.steps(totals, months, terms.EVENT, measures)
    steps = [step for step in found if step.nature == "delayed"]
    if not steps:
        return Part("What only came late?", ("No method tells what came late; see the last part.",))
    said = "; ".join(
        f"{step.name.lower()}: {impact_figures.with_range(step.amount, step.bounds)}"
        + (f" on {formats.day(step.on)}" if step.on else "")
        + (f" ({terms.READS_HIGH})" if step.reads_high else "")
        for step in steps
    )
    paragraphs = [
        f"Because of the event, and always the same money at a later stage, never added up: {said}.",
    ]
    held = impact_figures.best_of(totals, terms.EVENT, "collected_late")
    if held and held["carrying_cost_usd"]:
        paragraphs.append(
            f"That it came later cost about {formats.usd_whole(held['carrying_cost_usd'])}, at "
            f"{formats.pct(held['carrying_rate_pct'])} a year on each dollar and day."
        )
    caution = impact_sentences.inside(months.filter(component="collected_late")["at_on"], measures)
    return Part("What only came late?", tuple(paragraphs), notes=tuple(filter(None, (caution,))))


def answers(ask: Ask) -> Part:
    """The two questions and their two answers, and which event did it."""
    totals = ask("impact_by", dimension="total")
    found = impact_figures.answers(totals)
    if found["applied_usd"].null_count() == found.height:
        return Part("What was lost in penalties?", ("No penalty was waived.",))
    events = ask("episode_events").filter("is_latest")
    covers = impact_figures.covers(ask("impact_by", dimension="covered_by"), terms.WAIVER, events)
    crossed = impact_figures.crossed(found)
    columns = list(impact_figures.ANSWER_COLUMNS)
    table = Sheet(
        headings=tuple(impact_figures.ANSWER_COLUMNS.values()),
        texts=(True, *[False] * (len(columns) - 1)),
        widths=(2.4, *[1.0] * (len(columns) - 1)),
        rows=tuple(
            (row["line"], *(formats.amount(row[column]) for column in columns[1:]))
            for row in crossed.iter_rows(named=True)
        ),
    )
    asked = "; ".join(f"{terms.QUESTIONS[key].lower()}: {text}" for key, text in terms.ASKED.items())
    return Part(
        "What was lost in penalties? Two questions, each answered twice",
        (
            *(impact_sentences.answer(found, question) for question in terms.QUESTIONS),
            *filter(None, (impact_figures.either_sentence(covers, events),)),
        ),
        table,
        notes=(
            f"{asked[:1].upper()}{asked[1:]}. Collected: the part that would have been paid, by the share of "
            "months without events; only that is revenue. Bills never issued have no penalty.",
        ),
    )


def parts(ask: Ask, episode: Mapping) -> Part:
    """Every part of the cost: both questions with their ranges, what it means and why there is a range."""
    totals, months = ask("impact_by", dimension="total"), ask("impact_by", dimension="month")
    measures = impact_measures.of(episode, totals)
    steps = {
        question: impact_figures.steps(totals, months, question, measures) for question in terms.QUESTIONS
    }
    of = {
        question: {(step.nature == "apart", step.component): step for step in found if not step.is_sum}
        for question, found in steps.items()
    }
    rows = []
    for is_apart, code in sorted({key for found in of.values() for key in found}, key=_place):
        shown = [found.get((is_apart, code)) for found in of.values()]
        step = next(step for step in shown if step)
        rows.append((
            f"{terms.SHORT_NATURES[step.nature]}: {step.name.lower()}",
            *map(_amount, shown),
            terms.ANYWAY if is_apart and code in terms.ASSESSED_PARTS else terms.MEANS[code],
            _how(totals, code),
        ))  # fmt: skip
    said = [impact_sentences.lost(found, question) for question, found in steps.items() if found]
    table = Sheet(
        ("Part", *terms.QUESTIONS.values(), "What it is", "How known"),
        (True, False, False, True, True), (1.75, 1.3, 1.3, 2.75, 0.65), tuple(rows),
    )  # fmt: skip
    return Part("What was lost in all?", tuple(said), table if rows else None, notes=(WHY,))


def _place(key: tuple[bool, str]) -> tuple[bool, int]:
    return key[0], list(terms.COMPONENTS).index(key[1])


def _how(totals: pl.DataFrame, component: str) -> str:
    """Whether a part was counted or estimated."""
    best = totals.filter(component=component, is_best=True)
    return HOW.get(best["method"][0] if best.height else terms.APPLIED, "")


def _amount(step: impact_figures.Step | None) -> str:
    if step is None:
        return formats.UNKNOWN
    return "\n".join(
        filter(None, (formats.usd_whole(step.amount).replace("$", ""), step.bounds.replace("$", "")))
    )


def back(ask: Ask, episode: Mapping) -> Part:
    """When arrears are back where they would be, with the picture."""
    months = ask("recovery_by_month")
    if months.is_empty():
        return Part("When are we back to normal?", ("No month end tells it yet.",))
    events = ask("episode_events").filter(pl.col("is_latest") & pl.col("is_of_episode"))
    measures = impact_measures.of(episode, ask("impact_by", dimension="total"))
    return Part(
        "When are we back to normal?", (impact_sentences.back(months, measures),),
        picture=memo_picture.recovery(months, events),
    )  # fmt: skip


def helped(ask: Ask) -> Part:
    """Whom the waiver helped, and whether agreements are kept."""
    help_of_all = ask("waiver_help").filter(pl.col("customer_class").is_null())
    agreements = ask("waiver_agreements")
    said = []
    if help_of_all.height:
        said.append(impact_sentences.helped(help_of_all))
    if agreements.height:
        said.append(impact_sentences.agreements(agreements))
    return Part("Who was helped?", (" ".join(said),) if said else ())


def extending(ask: Ask, episode: Mapping, as_of: date) -> Part:
    """What extending the waiver by some months would cost, or would have cost."""
    if episode["waiver_from_on"] is None:
        return Part("What would extending it cost?")
    ended_on = episode["penalty_waiver_to_on"] or episode["waiver_to_on"] or as_of
    days = [calendar.months_later(ended_on, number) for number in HORIZONS]
    rows = [(until_on, ask("extension_cost", until_on=until_on)) for until_on in days]
    said = [impact_sentences.extension(costs, until_on) for until_on, costs in rows if not costs.is_empty()]
    if not said:
        return Part("What would extending it cost?")
    basis = impact_sentences.extension_basis(next(costs for _, costs in reversed(rows) if costs.height))
    return Part(
        "What would extending it cost?", (" ".join(said),), notes=(f"To the last of these days: {basis}",)
    )


def trust(ask: Ask) -> Part:
    """How far the figures can be trusted: data behind them, methods refused, days assumed."""
    methods, events = ask("impact_methods"), ask("episode_events").filter("is_latest")
    own = events.filter("is_of_episode")
    assumed = own.filter("is_assumed").height
    said = []
    drawn = methods.filter(pl.col("is_used") & pl.col("cluster_count").is_not_null())
    if drawn.height:
        row = drawn.row(0, named=True)
        clean = formats.plural(row["clean_month_count"] or 0, "month")
        alone = formats.plural(row["waiver_only_month_count"] or 0, "month")
        said.append(
            f"The best estimates rest on {clean} without events and {alone} with the waiver alone; their "
            f"ranges on {formats.count(row['replicate_count'])} repeats with these months and "
            f"{formats.count(row['cluster_count'])} {terms.clusters(row['cluster_kind'])} drawn anew."
        )
    said += _refused(methods)
    if assumed:
        said.append(
            f"{formats.count(assumed)} of {formats.plural(own.height, 'event')} "
            f"{'rests' if assumed == 1 else 'rest'} on a day or a number that no document names."
        )
    said.append(
        "Rules applied to what happened take payments as they were; without the waiver some people would "
        "have paid sooner, so that figure is too high wherever they answered to it."
    )
    return Part("How far can these figures be trusted?", tuple(said))


def _refused(methods: pl.DataFrame) -> Sequence[str]:
    reasons: dict[str, list[str]] = {}
    for row in methods.filter(pl.col("is_refused") & (pl.col("method") != terms.APPLIED)).iter_rows(
        named=True
    ):
        name = f"{terms.method(row['method']).lower()}, for {terms.component(row['component']).lower()}"
        names = reasons.setdefault(row["reason"] or "no reason given", [])
        if name not in names:
            names.append(name)
    return [f"Refused: {'; '.join(names)}. {reason}" for reason, names in reasons.items()]


def meanings() -> Part:
    """What the memo's words mean, as the page says it."""
    return Part("What the words mean", definitions=tuple((name, DEFINITIONS[name]) for name in MEANINGS))
