"""Are the bills right?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import bill, billing, components, words

page, places = components.open_page("Are the bills right?", [2.2, 1, 1, 0.9, 1.3])
as_of = page.utility["as_of_on"]
values = page.ask("billing_filters", utility=page.utility_id).row(0, named=True)
with places[0]:
    services = components.choose("Service", "service", values["services"] or [], words.service)
with places[1]:
    classes = components.choose("Class", "class", values["classes"] or [], words.sentence)
with places[2]:
    year = st.selectbox(
        "Fiscal year", [None, *(values["fiscal_years"] or [])], format_func=words.fiscal_year,
        key="fiscal_year", bind="query-params",
    )  # fmt: skip
with places[3]:
    reasons = components.choose("Reason", "reason", values["reasons"] or [], words.audit_reason)
filters = {"utility": page.utility_id, "services": services, "classes": classes}
is_filtered = any((services, classes, year, reasons))
components.context_line(page, as_of, "Filtered" if is_filtered else "All services")

totals = page.ask("audit_totals", **filters)
never = page.ask("never_billed", **filters)
read_months = page.ask("reads_by_month", utility=page.utility_id, services=services, as_of=as_of)
dagger = billing.dagger(page, totals, year)
marked = [
    (f"{label}{dagger}", *rest)
    for label, *rest in (billing.exact_figure(totals, year), billing.mistakes_figure(totals, year))
]
components.figures([*marked, billing.never_billed_figure(never), billing.estimated_figure(read_months)])

if not values["fiscal_years"]:
    st.info("**Nothing was billed yet.** Deliver `bills` and `charges` and run `ratehouse run`.")
elif totals["priced_count"].sum() == 0:
    st.info(
        "**No tariff prices these bills.** Write the rates into `tariffs/` of the utility's policy, "
        "as docs/policy.md "
        "says, and run `ratehouse run`. Until then no bill can be checked."
    )
elif totals["read_count"].sum() == 0:
    st.info(
        "**No reads were delivered for these bills.** They are checked on the quantities that they "
        "name themselves. "
        "Deliver `meters` and `reads` to check the use as well."
    )

asked = {**filters, "fiscal_year": year, "reasons": reasons}
found = page.ask("audit_reasons", **asked)
if not found.is_empty():
    billing.reasons(found)
asked_bill = bill.bill_list(page, asked)
if asked_bill:
    bill.show(page, asked_bill)

billing.never_billed(page, never)

events = page.ask("events", utility=page.utility_id, as_of=as_of)
if not read_months.is_empty():
    billing.reads(page, read_months, events, services, as_of)
revenue = page.ask("revenue_by_month", **filters, as_of=as_of).filter(pl.col("billed_usd").is_not_null())
if not revenue.is_empty():
    billing.revenue(page, revenue, events, as_of)

if totals["assumed_count"].sum():
    components.note(f"{words.MARK_OF_ASSUMED} {words.ASSUMED_PRICES}")
components.assumed(page, billing.RESTS_ON_RULES)
components.definitions([
    "Exact to the cent", "Mistakes found", "Reasons", "Never billed", "Estimated read", "Winter "
    "average", "Billed",
    "Earned", "Unbilled",
])  # fmt: skip
components.footer(page, as_of)
