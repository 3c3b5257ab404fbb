"""Sections of the page on what an episode cost, from rows that the page asked for: the part of the cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import streamlit as st

from dashboards import components, formats, impact_charts, impact_figures, impact_sentences, tables, words
from dashboards import impact_words as terms

MIN_STEPS = 2  # one column alone shows nothing that the answers above do not
BEFORE, AFTER = timedelta(days=62), timedelta(days=31)  # of the window, on the timeline
COVER_COLUMNS = {
    "what": "Lost",
    "because": "Because of",
    "applied_usd": "Rules applied, as assessed",
    "applied_collected_usd": "as would have been collected",
    "best_usd": "Best estimate, as assessed",
    "best_collected_usd": "as would have been collected",
}
PART_COLUMNS = {
    "nature_title": "",
    "what": "Part",
    "how": "Method",
    "value": "Of",
    "central_usd": "As assessed",
    "low_usd": "Range from",
    "high_usd": "to",
    "collected_usd": "As would have been collected",
    "collected_low_usd": "Range from",
    "collected_high_usd": "to",
}
BRIDGE_COLUMNS = {
    "year": "Fiscal year",
    "fund_title": "Fund",
    "what": "Line",
    "kind": "It is",
    "with_usd": "With it, as it was",
    "without_usd": "Without it",
    "difference_usd": "Difference",
    "low_usd": "Range from",
    "high_usd": "to",
    "how": "Method",
}
DELAY_COLUMNS = {"dollar_days_usd": "Dollar-days", "carrying_cost_usd": "Carrying cost"}
EVENT_COLUMNS = {
    "what": "Event",
    "of_episode": "Of the episode",
    "event_title": "Title",
    "applies_to": "Whom and what",
    "known_on": "Known on",
    "starts_on": "From",
    "until": "To",
    "event_source": "Source",
}
METHOD_COLUMNS = {
    "asked": "Question",
    "what": "Part",
    "how": "Method",
    "answer": "Used",
    "reason": "Why not, or how far",
    "assumptions": "Assumes",
    "data_needed": "Needs",
    "clean_month_count": "Clean months",
    "waiver_only_month_count": "Months with the waiver alone",
    "drawn_from": "Ranges drawn from",
    "replicate_count": "Times drawn",
}


def answers(totals: pl.DataFrame, question: str) -> None:
    """Both figures side by side, for both questions."""
    found = impact_figures.answers(totals)
    if found["applied_usd"].null_count() == found.height:
        components.heading("No penalty was waived in this episode.")
        return
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        components.picture(
            impact_sentences.answer(found, question), impact_charts.answers(found), "answers",
            "Hatched: as assessed. Solid: the part that would have been collected, with its range as a line.",
        )  # fmt: skip
    with right:
        components.heading(
            "Two questions, two ways to answer each; only what would have been collected is revenue.",
            "; ".join(f"{terms.QUESTIONS[key]}: {text}" for key, text in terms.ASKED.items()) + ".",
        )
        components.table(impact_figures.crossed(found), impact_figures.ANSWER_COLUMNS)
        components.note(
            "Collected: the part of what would have been assessed that would have been collected. The range "
            "holds nine of ten repeats of the estimate; rules applied have none."
        )


def waterfall(found: list[impact_figures.Step], question: str) -> None:
    """Delayed first, then lost, then received against it; unrelated credits apart."""
    if len(found) < MIN_STEPS:
        return
    apart = [step for step in found if step.nature == "apart"]
    note = (
        "What came late is the same money at several stages, never added up. Lost: each part upon the one "
        "before, as would have been collected."
    )
    if apart:
        named = "; ".join(f"{step.name.lower()} {formats.usd(step.amount)}" for step in apart)
        note += f" Not counted: {named}."
    components.picture(
        impact_sentences.lost(found, question), impact_charts.waterfall(found), "waterfall", note
    )


def parts(
    ask: Callable[[str], pl.DataFrame], page: components.Page, events: pl.DataFrame, caution: str
) -> None:
    """Every part with its range, in all or by a dimension; folded."""
    with st.expander("Every part of it: by month, class, what was owed before, event"):
        names = {"total": "In all"} | terms.DIMENSIONS
        dimension = st.segmented_control(
            "By", list(names), default="total", format_func=names.get, key="by", bind="query-params",
            required=True,
        )  # fmt: skip
        rows = ask(dimension)
        if rows.is_empty():
            st.write("Nothing was late or lost because of this episode.")
            return
        titles = dict(events.select("event_id", "event_title").iter_rows())
        shown = rows.with_columns(
            nature_title=pl.col("nature").replace_strict(terms.NATURES, default=pl.col("nature")),
            what=_said(rows, "component", terms.component),
            how=_said(rows, "method", terms.method),
            value=_said(rows, "dimension_value", lambda code: _value(dimension, code, titles)),
        )
        asked_of = {
            key: shown.filter(question=key) for key in terms.QUESTIONS if rows.filter(question=key).height
        }
        for key, of_question in asked_of.items():
            components.heading(f"{terms.QUESTIONS[key]}: {terms.ASKED[key]}", "Dollars.")
            delayed = of_question["dollar_days_usd"].fill_null(0).sum() != 0
            columns = PART_COLUMNS | (DELAY_COLUMNS if delayed else {})
            if dimension == "total":
                columns = {column: label for column, label in columns.items() if column != "value"}
            components.table(of_question, columns, tall=f"Parts of the {terms.QUESTIONS[key].lower()}")
        if caution:
            components.note(caution)
        rate = rows["carrying_rate_pct"].drop_nulls()
        if rate.len():
            components.note(
                f"Carrying cost: dollar-days times {formats.pct(rate[0])} a year, over 365; the rate is the "
                "policy's (impact.carrying_rate_percent)."
            )
        components.download(page, "Parts as CSV", f"impact_by_{dimension}", page.utility["as_of_on"], rows)


def _value(dimension: str, code: str, titles: dict[str, str]) -> str:
    if dimension == "month":
        return formats.month(date.fromisoformat(code))
    if dimension == "fiscal_year":
        return words.fiscal_year(int(code))
    if dimension == "customer_class":
        return words.sentence(code)
    if dimension == "prior_arrears":
        return terms.prior_arrears(code)
    return terms.covered_by(code, titles)


def _said(rows: pl.DataFrame, column: str, name: Callable[[str], str]) -> pl.Series:
    return pl.Series(column, [name(code) for code in rows[column]], pl.String)


def covers(by_cover: pl.DataFrame, question: str, events: pl.DataFrame) -> None:
    """Which event did it; what either of two alone would have done stands in rows of its own."""
    found = impact_figures.covers(by_cover, question, events)
    if found.is_empty():
        return
    components.heading(
        "Which event did it? What either of two would have done alone stands once, in a row of its own.",
        impact_figures.either_sentence(found, events) or "No two events would each have done the same.",
    )
    named = found.with_columns(what=_said(found, "component", terms.component))
    own = named.filter("is_own")
    if own.height:
        components.table(tables.with_total(own, "what", "All that was lost"), COVER_COLUMNS, has_total=True)
    for row in named.filter(~pl.col("is_own")).iter_rows(named=True):
        components.note(
            f"Not counted, because an event of another episode would have done it too: {row['what'].lower()} "
            f"{formats.usd(row['applied_usd'])}. {row['because']}."
        )


def timeline(events: pl.DataFrame, versions: pl.DataFrame, window: tuple[date, date], as_of: date) -> None:
    """Every event in force then, by what it does; every version in a table."""
    own = events.filter("is_of_episode")
    first, last = window[0] - BEFORE, min(window[1] + AFTER, as_of)
    others = events.height - own.height
    beside = f", and {formats.plural(others, 'other')} in force then" if others else ""
    components.picture(
        f"{formats.plural(own.height, 'event')} of this episode{beside}.",
        impact_charts.timeline(events, first, last),
        "timeline",
        "Dark: of this episode; pale: others. As known now; an arrow runs on until further notice.",
    )
    with st.expander(f"Every version, by the day it became known ({versions.height})"):
        shown = versions.with_columns(
            what=_said(versions, "event_kind", terms.event_kind),
            of_episode=pl.Series(
                [formats.yes_no(flag) for flag in versions["is_of_episode"]], dtype=pl.String
            ),
            until=pl.Series(
                [formats.day(end) if end else terms.UNTIL_FURTHER_NOTICE for end in versions["ends_on"]],
                dtype=pl.String,
            ),
            applies_to=pl.Series(
                [_applies_to(row) for row in versions.iter_rows(named=True)], dtype=pl.String
            ),
            event_source=pl.Series([_source(row) for row in versions.iter_rows(named=True)], dtype=pl.String),
        )
        components.table(shown, EVENT_COLUMNS, tall="Versions of the events")


def _applies_to(row: dict) -> str:
    parts = [row["services"], row["customer_classes"], row["channels"]]
    named = [", ".join(words.sentence(code).lower() for code in part.split(",")) for part in parts if part]
    if row["extension_days"]:
        named.append(f"{formats.plural(row['extension_days'], 'day')} more")
    if row["amount_usd"]:
        named.append(f"{formats.usd(abs(row['amount_usd']))} each")
    return "; ".join(named) or "all"


def _source(row: dict) -> str:
    text = row["source"] or row["note"] or ""
    return f"Assumed {words.MARK_OF_ASSUMED}. {text}" if row["is_assumed"] else text


def bridge(rows: pl.DataFrame) -> None:
    """What the episode changed in lines of the revenue requirement; folded, and never a line to be added."""
    with st.expander(f"In the revenue requirement ({formats.plural(rows.height, 'line')})"):
        components.note(terms.BRIDGE)
        if rows.is_empty():
            components.note("No line of a year is known to be different.")
            return
        shown = rows.with_columns(
            year=_said(rows, "fiscal_year", words.fiscal_year),
            fund_title=_said(rows, "fund", words.sentence),
            what=_said(rows, "component", terms.component),
            kind=_said(rows, "line_kind", lambda code: terms.LINE_KINDS.get(code, words.sentence(code))),
            how=_said(rows, "method", terms.method),
        )
        for key, text in terms.QUESTIONS.items():
            asked = shown.filter(question=key)
            if asked.height:
                components.heading(f"{text}: {terms.ASKED[key]}", "Dollars; revenue as collected.")
                components.table(asked, BRIDGE_COLUMNS, tall=f"Lines by the {text.lower()}")


def methods(rows: pl.DataFrame) -> None:
    """How the figures were worked out, and what refused and why; folded."""
    refused = rows.filter("is_refused").height
    with st.expander(f"Methods ({rows.height}, {formats.count(refused)} refused)"):
        if rows.is_empty():
            st.write("No method applies to this episode.")
            return
        shown = rows.with_columns(
            asked=_said(rows, "question", lambda code: terms.QUESTIONS.get(code, code)),
            what=_said(rows, "component", terms.component),
            how=_said(rows, "method", terms.method),
            answer=pl.Series([_use(row) for row in rows.iter_rows(named=True)], dtype=pl.String),
            drawn_from=pl.Series([_drawn(row) for row in rows.iter_rows(named=True)], dtype=pl.String),
        )
        components.table(shown, METHOD_COLUMNS)


def _use(row: dict) -> str:
    return "refused" if row["is_refused"] else "best estimate" if row["is_used"] else "shown beside it"


def _drawn(row: dict) -> str:
    if not row["cluster_count"]:
        return formats.UNKNOWN
    return f"{formats.count(row['cluster_count'])} {terms.clusters(row['cluster_kind'])}"
