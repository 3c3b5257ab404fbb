"""Are the rates enough?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import components, sufficiency, sufficiency_sources, words
from dashboards import sufficiency_figures as figures
from dashboards import sufficiency_words as terms
from dashboards.definitions import DEFINITIONS

RESTS_ON = r"^finance\.(pilot|new_debt|interest|rate_notice)"

page, places = components.open_page("Are the rates enough?", [1.6, 1, 1.5, 2.2])
as_of = page.utility["as_of_on"]
known = page.ask("sufficiency_filters", utility=page.utility_id)
if known.is_empty():
    sufficiency.stop_without_books(page, as_of)
with places[0]:
    fund = st.selectbox(
        "Fund", known["fund"].unique(maintain_order=True).to_list(), format_func=terms.fund, key="fund",
        bind="query-params",
    )  # fmt: skip
of_fund = known.filter(pl.col("fund") == fund)
with places[1]:
    kinds = dict(of_fund.select("fiscal_year", "year_kind").unique().sort("fiscal_year").iter_rows())
    years = list(kinds)
    first_open = next((place for place, year in enumerate(years) if kinds[year] != "actual"), len(years) - 1)
    fiscal_year = st.selectbox(
        "Fiscal year", years, index=first_open, format_func=lambda year: terms.year(year, kinds[year]),
        key="for_year", bind="query-params",
    )  # fmt: skip
with places[2]:
    titles = dict(of_fund.select("scenario", "scenario_title").unique(maintain_order=True).iter_rows())
    plan = st.selectbox("Scenario", list(titles), format_func=titles.get, key="plan", bind="query-params")
components.context_line(
    page, as_of, f"{terms.fund(fund)} fund, {words.fiscal_year(fiscal_year)}, {titles[plan]}"
)


def ask(question: str, **more: object) -> pl.DataFrame:
    """A question about the chosen fund and scenario."""
    return page.ask(question, utility=page.utility_id, fund=fund, plan=plan, **more)


sufficiency.funds(
    page.ask("sufficiency_funds", utility=page.utility_id, plan=plan, fiscal_year=fiscal_year), fund
)
answers, all_tests, flows = ask("sufficiency_answers"), ask("sufficiency_tests"), ask("cash_flow")
answer = answers.row(by_predicate=pl.col("fiscal_year") == fiscal_year, named=True)
tests = all_tests.filter((pl.col("fiscal_year") == fiscal_year) & (pl.col("path") == terms.EXISTING))
assumed = ask("finance_assumptions")
is_marked = bool(assumed.filter(pl.col("fiscal_year") == fiscal_year)["is_assumed"].any())
dagger = f" {words.MARK_OF_ASSUMED}" if is_marked and answer["year_kind"] != "actual" else ""
planned_usd = figures.of_line(flows, terms.ADOPTED, figures.SURPLUS).get(fiscal_year)
sufficiency.say(figures.headline(answer, planned_usd))
shown = figures.figures(answer, tests, page.utility["fiscal_year_start_month"], DEFINITIONS)
components.figures([(label + dagger, *rest) for label, *rest in shown])
sufficiency.bullets(tests, dagger)
left, right = st.columns(2, gap="medium")
with left:
    sufficiency.revenue(answers, flows, fund)
with right:
    sufficiency.reserves(flows, all_tests, kinds)
sufficiency.arithmetic(answer, ask("requirement_lines", fiscal_year=fiscal_year), tests)
sufficiency.least_paths(ask("rate_paths"))
sufficiency.tests_opened(tests, ask("sufficiency_lines", fiscal_year=fiscal_year))
sufficiency.many_years(page, flows, fund, as_of)
left, right = st.columns(2, gap="medium")
with left:
    sufficiency_sources.existing_revenue(page.ask("existing_revenue", utility=page.utility_id, fund=fund))
    sufficiency_sources.never_paid(page.ask("collection_factor", utility=page.utility_id, fund=fund))
with right:
    sufficiency_sources.bridge(page.ask("requirement_bridge", utility=page.utility_id, fund=fund))
sufficiency_sources.assumptions(assumed, fiscal_year)
sufficiency_sources.findings(page.ask("finance_findings", utility=page.utility_id, fund=fund))
if dagger:
    components.note(
        f"{words.MARK_OF_ASSUMED} rests on assumptions without a source; each stands above with its owner."
    )
components.assumed(page, RESTS_ON)
components.definitions([
    "Before reserves", "After the planned draw", "Required adjustment", "Light of a fund", "Coverage",
    "Not expected to be paid", "Revenue at existing rates", "Part of a year", "Reserves",
    "Least rate path",
])  # fmt: skip
components.footer(page, as_of)
