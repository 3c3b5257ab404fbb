"""What if?"""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import (
    components,
    data,
    sufficiency,
    what_if,
    what_if_controls,
    what_if_files,
    what_if_kept,
    what_if_results,
    words,
)
from dashboards import sufficiency_words as terms
from dashboards.definitions import DEFINITIONS
from dashboards.what_if import Changes
from dashboards.what_if_results import Named

RESTS_ON = r"^finance\.(pilot|new_debt|interest|rate_notice)"
CAPS = [Decimal(cap) for cap in range(1, 26)]

page, places = components.open_page("What if?", [1.6, 1, 1.5, 1.5, 1.2])
as_of = page.utility["as_of_on"]
known = page.ask("sufficiency_filters", utility=page.utility_id)
if known.is_empty():
    sufficiency.stop_without_books(page, as_of)
saved, unreadable = what_if_files.saved(data.workspace(), page.utility_id)
with places[0]:
    fund = st.selectbox(
        "Fund", known["fund"].unique(maintain_order=True).to_list(), format_func=terms.fund, key="fund",
        bind="query-params",
    )  # fmt: skip
of_fund = known.filter(pl.col("fund") == fund)
titles = dict(of_fund.select("scenario", "scenario_title").unique(maintain_order=True).iter_rows())
kinds = dict(of_fund.select("fiscal_year", "year_kind").unique().sort("fiscal_year").iter_rows())
ahead = [year for year in kinds if kinds[year] != "actual"]
named = {slug: one for slug, one in saved.items() if one.fund == fund and one.based_on in titles}
with places[1]:
    plan = st.selectbox("Scenario", list(titles), format_func=titles.get, key="plan", bind="query-params")
with places[2]:
    slug = st.selectbox(
        "Named before", [what_if_kept.NONE, *named], key="named", bind="query-params",
        format_func=lambda slug: named[slug].name if slug else "None",
    )  # fmt: skip
loaded = named.get(slug)
if loaded and loaded.based_on != plan:
    plan = loaded.based_on
    components.note(f"{loaded.name} changes the scenario {titles[plan]}: it is shown against that.")
with places[3]:
    year = st.selectbox(
        "Fiscal year", ahead, format_func=words.fiscal_year, key="for_year", bind="query-params"
    )
components.context_line(page, as_of, f"{terms.fund(fund)} fund, {titles[plan]}")
for problem in unreadable:
    st.warning(problem)
if not ahead:
    st.info("**Every year of this fund is closed.** There is no year ahead to ask about.")
    components.footer(page, as_of)
    st.stop()

given = what_if.assumptions(page, fund, plan)
base = Named(titles[plan], what_if.outcome(page, given))
# A least path that was set here keeps what else was set; another scenario or named set starts afresh.
place_key = " ".join(filter(None, [page.utility_id, fund, plan, slug]))
taken_no, taken = (st.session_state.get("what_if_path") or {}).get(place_key, ("", None))
start = what_if_controls.Start(
    key=f"{place_key} {taken_no}".strip(),
    given=given.filter(pl.col("fiscal_year").is_in(ahead)),
    years=ahead,
    changes=taken or (loaded.changes if loaded else Changes()),
)
figures_place = st.container()
left, right = st.columns([1, 2.1], gap="medium")
with left:
    revenue_usd = what_if_results.answer(base.outcome, ahead[0])["existing_rate_revenue_usd"] or Decimal(0)
    changes = what_if_controls.controls(start, revenue_usd)
changed = given if changes.is_none else what_if.changed(given, ahead, changes)
now = base.outcome if changes.is_none else what_if.outcome(page, changed)
with figures_place:
    components.figures(what_if_results.top(now, base, ahead, year, DEFINITIONS))
with right:
    beside = what_if_kept.choose_compared(page, fund, titles, named, plan, ahead)
    what_if_results.revenue(now, fund)
    others = [*([] if changes.is_none else [base]), *beside]
    what_if_results.reserves(now, others)
    components.heading("Side by side", "Each with its own adjustments of rates.")
    what_if_results.compared([Named(what_if_results.HERE, now), *others], ahead, year)
    components.heading(
        "Find the least rate path", "With which every required test passes in every year ahead, as set here."
    )
    cap_place, button_place, use_place = st.columns([1.6, 1, 1], gap="small", vertical_alignment="bottom")
    with cap_place:
        cap = st.select_slider(
            "Highest adjustment in a year",
            CAPS,
            value=Decimal(10),
            key="cap",
            format_func=lambda cap: f"{cap} %",
        )
    asked = f"{page.build.build_id} {start.key} {cap} {changes}"
    with button_place:
        if st.button("Find it", key="find_path", width="stretch"):
            st.session_state["found_paths"] = (asked, what_if_kept.find_paths(page, changed, cap))
    found = st.session_state.get("found_paths")
    if found and found[0] == asked:
        test_titles = dict(now.tests.select("test_id", "title").unique().iter_rows())
        what_if_results.least_path(found[1], test_titles)
        usable = [one for one in found[1] if one.is_found]
        with use_place:
            if usable and st.button("Set it here", key="use_path", width="stretch"):
                found_here = what_if_kept.with_path(changes, usable[-1])
                number = str(int(taken_no or 0) + 1)
                st.session_state["what_if_path"] = {place_key: (number, found_here)}
                st.rerun()
what_if_results.before_and_after(now, base, as_of, page, fund)
tried = what_if_files.Tried(
    name="",
    utility_id=page.utility_id,
    fund=fund,
    based_on=plan,
    changes=changes,
    build_id=page.build.build_id,
)
what_if_kept.keep(page, tried, slug)
components.assumed(page, RESTS_ON)
components.definitions([
    "What if", "Before reserves", "Required adjustment", "Light of a fund", "Least rate path", "Reserves",
    "Not expected to be paid", "Part of a year",
])  # fmt: skip
components.footer(page, as_of)
