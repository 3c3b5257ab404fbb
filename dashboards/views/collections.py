"""How much will be collected, and when?"""

from __future__ import annotations

import streamlit as st

from dashboards import allowances, collecting, components, formats, statement, words
from dashboards import months as calendar

RESTS_ON_DUE_DATES = r"^(penalty\.due|fees\.due|billing\.due)|due_date_extension"

page, places = components.open_page("How much will be collected, and when?", [2.2, 1.3, 1, 2])
as_of = page.utility["as_of_on"]
values = page.ask("collection_filters", utility=page.utility_id).row(0, named=True)
month_ends = values["month_ends"] or []
with places[0]:
    classes = components.choose("Class", "class", values["classes"] or [], words.sentence)
with places[1]:
    month_end_on = st.selectbox(
        "Month end", month_ends, format_func=formats.month, key="month", bind="query-params"
    )
components.context_line(page, as_of, "Filtered" if classes else "All accounts")
components.missing(page, "adjustments")
if month_end_on is None:
    st.info("**Nothing was owed at a month end yet.** Deliver bills and payments and run `ratehouse run`.")
    components.footer(page, as_of)
    st.stop()

months = page.ask("collections_by_month", utility=page.utility_id)
curves = page.ask("collection_curves", utility=page.utility_id, classes=classes)
years = page.ask("allowance_by_year", utility=page.utility_id)
year_before_on = calendar.year_before(month_end_on)
past_due, days, curve, allowance = collecting.figures(
    collecting.of_month(months, month_end_on),
    collecting.of_month(months, year_before_on),
    allowances.figure(years),
    collecting.curve_figure(curves),
)
components.figures(
    [page.marked(past_due, RESTS_ON_DUE_DATES), days, curve, page.marked(allowance, r"^write_off\.")]
)

events = page.ask("events", utility=page.utility_id, as_of=as_of)
collecting.by_month(page, months, events, as_of)
collecting.segments(page, month_end_on)
collecting.collected(page, curves, as_of)
collecting.timing(page, page.ask("payment_timing", utility=page.utility_id, classes=classes), as_of)
collecting.days_outstanding(months, events, as_of)
rolls = page.ask(
    "roll_rates", utility=page.utility_id, month_end_on=month_end_on, year_before_on=year_before_on
)
collecting.roll_rates(page, rolls, month_end_on)
allowances.allowance(page, years)
listed = page.ask("write_off_candidates", utility=page.utility_id, classes=classes)
account = allowances.candidates(page, listed, as_of)
if account:
    statement.show(page, account, as_of)
components.assumed(page, rf"{RESTS_ON_DUE_DATES}|^(write_off|disconnect\.days|penalty\.days)")
components.definitions(
    ["Past due", "Days sales outstanding", "Collection effectiveness", "Roll rates", "Collection curve",
     "Allowance", "Write-off candidates"],
)  # fmt: skip
components.footer(page, as_of)
