"""Do the bills add up to the books?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import billing, components, proof, words

page, places = components.open_page("Do the bills add up to the books?", [2.2, 1.2, 1.2, 1])
as_of = page.utility["as_of_on"]
values = page.ask("billing_filters", utility=page.utility_id).row(0, named=True)
years = values["fiscal_years"] or []
if not years:
    components.context_line(page, as_of, "All services")
    st.info("**Nothing was billed yet.** Deliver `bills` and `charges` and run `ratehouse run`.")
    components.footer(page, as_of)
    st.stop()
with places[0]:
    services = components.choose("Service", "service", values["services"], words.service)
with places[1]:
    classes = components.choose("Class", "class", values["classes"], words.sentence)
with places[2]:
    year = st.selectbox(
        "Fiscal year", years, format_func=words.fiscal_year, key="fiscal_year", bind="query-params"
    )
components.context_line(page, as_of, "Filtered" if services or classes else "All services")

filters = {"utility": page.utility_id, "services": services, "classes": classes}
rows = page.ask("proof", **filters, fiscal_year=year)
totals = page.ask("audit_totals", **filters)
unbilled = page.ask("unbilled_by_year", **filters)
if services or classes:
    unbilled = unbilled.drop("books_usd")
by_class = rows.filter((pl.col("component") == "all") & (pl.col("customer_class") != "all"))
if rows.is_empty():
    st.info(
        "**No charge here is of a tariff's codes.** Choose another year, take a filter away, or give the "
        "charges the codes of `docs/extracts.md`."
    )
else:
    sums = by_class if classes else rows.filter(
        (pl.col("component") == "all") & (pl.col("customer_class") == "all")
    )  # fmt: skip
    dagger = billing.dagger(page, totals, year)
    against, *others = proof.figures(sums, by_class, unbilled, year)
    components.figures([(against[0] + dagger, *against[1:]), *others])
    proof.against(page, sums, rows.filter(pl.col("component") == "all"), year, bool(classes))
    proof.components_of(page, rows, year)
    proof.frequency(page, filters, by_class["service"].unique(maintain_order=True).to_list(), year)
if not unbilled.is_empty():
    proof.unbilled_years(page, unbilled)

if totals["assumed_count"].sum():
    components.note(f"{words.MARK_OF_ASSUMED} {words.ASSUMED_PRICES}")
components.assumed(page, billing.RESTS_ON_RULES)
components.definitions(["Proof of revenue", "Books", "Bill frequency", "Unbilled"])
components.footer(page, as_of)
