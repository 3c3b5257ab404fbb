"""Who may be shut off, and what stands in the way?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import collection_words as terms
from dashboards import components, disconnects, findings, formats, statement, words

RESTS_ON_RULES = r"^(disconnect|agreements|disputes|deposits)\."

page, places = components.open_page(
    "Who may be shut off, and what stands in the way?", [2.3, 1.05, 1.25, 0.9, 0.85, 1.3]
)
built_as_of = page.utility["as_of_on"]
first = page.utility["first_posted_on"]
values = page.ask("filter_values", utility=page.utility_id).row(0, named=True)
with places[0]:
    as_of = st.date_input(
        "On", built_as_of, min_value=first, max_value=built_as_of, format="YYYY-MM-DD", key="as_of",
        bind="query-params",
    )  # fmt: skip
with places[1]:
    known = st.date_input(
        "As known on", None, min_value=first, max_value=built_as_of, format="YYYY-MM-DD", key="known_on",
        bind="query-params", help="Empty: as known on that day. Events announced later are left out.",
    )  # fmt: skip
with places[2]:
    classes = components.choose("Class", "class", values["classes"], words.sentence)
with places[3]:
    groups = components.choose("Group", "group", values["billing_groups"], words.group)
known_on = known or as_of
with places[4]:
    blocking = components.choose("Stands in the way", "hold", ["free", *terms.HOLDS], terms.hold_or_free)
is_filtered = any((classes, groups, blocking))
components.context_line(page, as_of, "Filtered" if is_filtered else "All accounts")
components.caution(terms.NOT_LEGAL_ADVICE)
components.missing(page, "service_orders", "holds", "agreements", "disputes", "deposits")

asked = {"utility": page.utility_id, "as_of": as_of, "classes": classes, "groups": groups}
then = page.ask("disconnect_list", **asked, known_on=known_on)
now = page.ask("disconnect_list", **asked, known_on=built_as_of)
agreements = page.ask("agreements", utility=page.utility_id, as_of=as_of)
disputes = page.ask("disputes", utility=page.utility_id, as_of=as_of)
undecided = disputes.filter(pl.col("decided_on").is_null() | (pl.col("decided_on") > as_of)).height
figures = disconnects.figures(then, now, agreements, undecided, as_of)
components.figures([page.marked(figure, RESTS_ON_RULES) for figure in figures])

if then.height or now.height:
    disconnects.in_the_way(then, now, as_of, known_on)
    disconnects.changed(then, now, known_on)
listed = disconnects.held_by(then, blocking)
account = disconnects.accounts(page, listed, as_of, known_on)
if account:
    disconnects.account(then, account)
    disconnects.installments(page, account, as_of)
    statement.show(page, account, as_of)

disconnects.agreements(page, agreements, as_of)
disconnects.disputes(page, disputes, as_of)
findings.show(
    page, ["agreements", "disputes", "service_orders"], (first, as_of), f"up to {formats.day(as_of)}"
)
components.assumed(page, RESTS_ON_RULES)
components.definitions(
    ["May be shut off", "Far enough behind", "As known then", "To avoid and to restore", "Owner's part",
     "Agreement", "Dispute"],
    terms.NOT_LEGAL_ADVICE,
)  # fmt: skip
components.footer(page, as_of)
