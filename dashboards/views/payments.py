"""How is it paid, and what did that cost?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import collection_words as terms
from dashboards import components, findings, held_money, months, payments, words

RESTS_ON_FEES = r"^fees\.(customer|absorbed)"

page, places = components.open_page("How is it paid, and what did that cost?", [2.2, 1.3, 1.3, 0.9])
as_of = page.utility["as_of_on"]
start_month = page.utility["fiscal_year_start_month"]
values = page.ask("payment_filters", utility=page.utility_id).row(0, named=True)
years = (
    months.fiscal_years(values["first_month_end_on"], values["last_month_end_on"], start_month)
    if values["first_month_end_on"]
    else []
)
with places[0]:
    channels = components.choose("Way", "channel", values["channels"] or [], terms.channel)
with places[1]:
    tenders = components.choose("With", "tender", values["tenders"] or [], words.sentence)
with places[2]:
    year = st.selectbox(
        "Fiscal year", [None, *years], format_func=words.fiscal_year, key="fiscal_year", bind="query-params"
    )
components.context_line(page, as_of, "Filtered" if any((channels, tenders, year)) else "All ways to pay")

rows = page.ask("payments_by_month", utility=page.utility_id, channels=channels, tenders=tenders)
from_on, to_on = months.fiscal_days(year, start_month)
chosen = rows.filter(pl.col("month_end_on").is_between(from_on, to_on))
if chosen.is_empty():
    st.info("**Nothing was paid here.** Choose another year, or take a filter away.")
    components.footer(page, as_of)
    st.stop()
before = None
if year:
    first_before, last_before = months.fiscal_days(year - 1, start_month)
    before = rows.filter(pl.col("month_end_on").is_between(first_before, last_before))
name = "all years" if year is None else words.fiscal_year(year)
paid, *fees, returned = payments.figures(chosen, before, words.fiscal_year(year - 1) if year else "")
components.figures([paid, *(page.marked(figure, RESTS_ON_FEES) for figure in fees), returned])

events = page.ask("payment_events", utility=page.utility_id, as_of=as_of)
payments.by_channel(page, rows, events, as_of)
payments.ways(page, chosen, name)
payments.fees_by_month(payments.of_customers(rows), events, as_of)

asked = {"utility": page.utility_id, "from_on": from_on, "to_on": to_on}
payments.returns(page, asked, name)
held_money.assistance(page, asked, name)
held_money.owed_back(page, as_of)
findings.show(page, ["payments", "payment_returns"], (from_on, to_on), name)
components.assumed(page, r"^(payments|autopay|fees\.(customer|absorbed|returned))")
components.definitions(["Paid by customers", "Payment fees", "Returned payment", "Assistance", "Findings"])
components.footer(page, as_of)
