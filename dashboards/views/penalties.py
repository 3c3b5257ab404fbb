"""What did lateness cost, and was it charged right?"""

from __future__ import annotations

import streamlit as st

from dashboards import collection_words as terms
from dashboards import components, findings, months, penalties, statement, words

RESTS_ON_RULES = r"^penalty\."

page, places = components.open_page("What did lateness cost, and was it charged right?", [2.2, 1.2, 0.9, 1.8])
as_of = page.utility["as_of_on"]
start_month = page.utility["fiscal_year_start_month"]
values = page.ask("penalty_filters", utility=page.utility_id).row(0, named=True)
with places[0]:
    classes = components.choose("Class", "class", values["classes"] or [], words.sentence)
with places[1]:
    year = st.selectbox(
        "Fiscal year", [None, *(values["fiscal_years"] or [])], format_func=words.fiscal_year,
        key="fiscal_year", bind="query-params",
    )  # fmt: skip
with places[2]:
    reasons = components.choose("Reason", "reason", values["reasons"] or [], terms.penalty_reason)
filters = {"utility": page.utility_id, "classes": classes}
components.context_line(page, as_of, "Filtered" if any((classes, year, reasons)) else "All classes")

components.missing(page, "adjustments")
totals = page.ask("penalty_totals", **filters)
chosen = penalties.chosen_of(totals, year)
if chosen is None:
    st.info(
        "**No bill has reached its penalty date here.** Choose another year, or take a filter away; where "
        "nothing was delivered yet, deliver `bills`, `charges` and `adjustments` and run `ratehouse run`."
    )
    components.footer(page, as_of)
    st.stop()
before = penalties.chosen_of(totals, year - 1) if year else None
dagger = page.dagger(RESTS_ON_RULES)
components.figures(penalties.figures(chosen, before, dagger))

events = page.ask("events", utility=page.utility_id, as_of=as_of)
by_month = page.ask("penalties_by_month", **filters)
if not penalties.nothing_due(by_month):
    penalties.by_month(page, by_month, events, as_of)
penalties.outcomes(totals)
period = words.fiscal_year(year).lower() if year is None else words.fiscal_year(year)
from_on, to_on = months.fiscal_days(year, start_month)
by_class = page.ask("penalties_by_class", **filters, from_on=from_on, to_on=to_on)
if not by_class.is_empty():
    penalties.classes(page, by_class, period)

asked = {**filters, "fiscal_year": year, "reasons": reasons}
penalties.reasons(page.ask("penalty_reasons", **asked))
account = penalties.differing(page, asked)
if account:
    penalties.account(page, account)
    statement.show(page, account, as_of)

fees = page.ask("fees_by_kind", utility=page.utility_id, from_on=from_on, to_on=to_on)
penalties.fees(page, fees, period)
findings.show(page, ["adjustments", "charges"], (from_on, to_on), period)
components.assumed(page, r"^(penalty|fees)\.")
components.definitions(
    ["Penalty", "Charged wrongly", terms.NOT_CHARGED, "Penalties collected", "Courtesy", "Fees"],
)
components.footer(page, as_of)
