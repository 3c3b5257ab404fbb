"""What did the outage and its waivers cost?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import components, impact, impact_figures, impact_measures, impact_sentences, recovery
from dashboards import impact_words as terms
from dashboards.definitions import DEFINITIONS

RESTS_ON_RULES = r"^(penalty|impact|fees)\."

page, places = components.open_page("What did the outage and its waivers cost?", [1.5, 2.2, 1.2])
as_of = page.utility["as_of_on"]
episodes = page.ask("episodes", utility=page.utility_id)
titles = dict(episodes.select("episode_id", "episode_title").iter_rows())
with places[0]:
    episode_id = st.selectbox(
        "Episode", list(titles), format_func=titles.get, key="episode", bind="query-params"
    )
with places[1]:
    question = st.selectbox(
        "Question shown first", list(terms.QUESTIONS), format_func=terms.QUESTIONS.get, key="question",
        bind="query-params",
    )  # fmt: skip
if episode_id is None:
    components.context_line(page, as_of, "No episode")
    st.info(
        "**No event has begun here.** Write waivers, moratoria and outages into `events.yml` of the utility, "
        "as docs/policy.md says, and run `ratehouse run`."
    )
    components.footer(page, as_of)
    st.stop()
episode = episodes.row(by_predicate=pl.col("episode_id") == episode_id, named=True)
components.context_line(page, as_of, titles[episode_id])
components.missing(page, "adjustments", "payments")


def ask(name: str, **more: object) -> pl.DataFrame:
    """A question about the chosen episode."""
    return page.ask(name, utility=page.utility_id, episode=episode_id, **more)


def broken_down(dimension: str) -> pl.DataFrame:
    """The parts of the cost by a dimension."""
    return ask("impact_by", dimension=dimension)


totals, by_month, methods = broken_down("total"), broken_down("month"), ask("impact_methods")
months, measures = ask("recovery_by_month"), impact_measures.of(episode, totals)
costs = [
    page.marked(
        impact_figures.cost_figure(
            totals, asked, impact_figures.why_refused(methods, asked), DEFINITIONS[terms.QUESTIONS[asked]]
        ),
        RESTS_ON_RULES,
    )
    for asked in sorted(terms.QUESTIONS, key=lambda key: key != question)
]
late = impact_figures.late_figure(
    by_month,
    totals,
    question,
    measures,
    impact_figures.why_refused(methods, question, "collected_late"),
    DEFINITIONS[impact_figures.LATE],
)
back = impact_figures.back_figure(months, DEFINITIONS[impact_figures.BACK])
components.figures([*costs, late, back])

part = st.segmented_control(
    "Show", list(terms.PARTS), default="cost", format_func=terms.PARTS.get, key="part", bind="query-params",
    required=True, label_visibility="collapsed",
)  # fmt: skip
window = (episode["window_from_on"], episode["window_to_on"])
if part == "cost":
    known = ask("episode_events", from_on=window[0], to_on=window[1], as_of=as_of)
    versions = known.filter("is_in_time")
    events, all_events = versions.filter("is_latest"), known.filter("is_latest")
    impact.answers(totals, question)
    impact.waterfall(impact_figures.steps(totals, by_month, question, measures), question)
    impact.covers(broken_down("covered_by"), question, all_events)
    impact.timeline(events, versions, window, as_of)
    shown_on = by_month.filter(component="collected_late")["at_on"]
    impact.parts(broken_down, page, all_events, impact_sentences.inside(shown_on, measures))
    impact.bridge(ask("waiver_bridge"))
    impact.methods(methods)
else:
    recovery.opened(page, months, page.ask("events", utility=page.utility_id, as_of=as_of), as_of, measures)
    recovery.curves(ask("recovery_curves"))
    until_on = recovery.until(episode, as_of)
    if until_on is None:
        components.heading("No penalty or fee was waived: there is nothing to extend.")
    else:
        recovery.extension(ask("extension_cost", until_on=until_on), until_on)
    recovery.helped(ask("waiver_help"))
    recovery.agreements(ask("waiver_agreements"))
components.assumed(page, RESTS_ON_RULES)
components.definitions([
    *terms.QUESTIONS.values(), "Rules applied, best estimate, range", "As would have been collected",
    impact_figures.LATE, "Lost", "Unrelated credits", impact_figures.BACK, "Extending a waiver",
    "Who was helped",
])  # fmt: skip
components.footer(page, as_of)
